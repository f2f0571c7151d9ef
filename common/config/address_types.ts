import { quote, Refusal } from "./problem.ts";
import { readList, refuse } from "./text_lists.ts";
import { converted, parsedText, type ValueType } from "./value_type.ts";

/**
 * Base URLs of servers, also several in one text with commas between them: `http://` where no scheme
 * is given, no slash at the end.
 *
 * A path prefix is kept. User names, passwords and queries are refused, since they may be secrets
 * and since the path of the endpoint is appended.
 */
export function baseUrls(): ValueType<readonly string[]> {
  const allowed = "an http:// or https:// URL without user name, query or fragment";
  return {
    placeholder: "URL",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.union([z.string(), z.array(z.string())]), (given) => {
        // Before it is taken apart, for the part in front of a comma may be a secret then.
        if ([given].flat().some((text) => text.includes("@"))) {
          throw new Refusal(`must be ${allowed}, got one with an "@"`);
        }
        return readList(
          given,
          (text) => normalizeBaseUrl(text) ?? refuse(`must be ${allowed}, got ${quote(text)}`),
        );
      }),
    toPlain: (value) => value.length === 1 ? value[0] : value,
  };
}

function normalizeBaseUrl(given: string): string | null {
  if (/^unix:/i.test(given)) return normalizeUnixUrl(given);
  const withScheme = /^[a-z][a-z0-9+.-]*:\/\//i.test(given) ? given : `http://${given}`;
  const url = URL.parse(withScheme);
  if (!url || !/^https?:$/.test(url.protocol) || /[\s?#]/.test(given)) return null;
  return `${url.origin}${url.pathname.replace(/\/+$/, "")}`;
}

/** `unix:/run/server.sock`, perhaps with `:/prefix`; three slashes are common, too. */
function normalizeUnixUrl(given: string): string {
  const match = /^unix:(?:\/\/)?(\/[^:?#]*[^:?#/])(?::(\/[^?#\s]*))?$/i.exec(given);
  if (match === null) {
    throw new Refusal(`must be unix: and the absolute path of a socket, got ${quote(given)}`);
  }
  const prefix = match[2]?.replace(/\/+$/, "") ?? "";
  return `unix:${match[1]}${prefix === "" ? "" : `:${prefix}`}`;
}

/** The path of an endpoint, with a slash in front; it may hold a query. */
export function urlPath(): ValueType<string> {
  const allowed = "a path such as /v1/chat/completions";
  return parsedText("PATH", allowed, (given) => {
    const valid = /^[^\s#]+$/.test(given) && !given.includes("://");
    if (!valid) throw new Refusal(`must be ${allowed}, got ${quote(given)}`);
    return `/${given.replace(/^\/+/, "")}`;
  });
}

/** Addresses, not names, also several in one text with commas between them; there is at least one. */
export function ipAddresses(): ValueType<readonly string[]> {
  const allowed = "IP addresses, such as 10.0.0.1,10.0.0.2";
  return {
    placeholder: "ADDRESS",
    allowed,
    many: true,
    fromText: (value) => value,
    schema: (z) =>
      converted(z, z.union([z.string(), z.array(z.string())]), (given) => {
        return readList(
          given,
          (one) => isIpAddress(one) ? one : refuse(`must be ${allowed}, got ${quote(one)}`),
        );
      }),
    toPlain: (value) => value,
  };
}

function isIpAddress(given: string): boolean {
  if (/^\d{1,3}(\.\d{1,3}){3}$/.test(given)) {
    return URL.parse(`http://${given}`)?.hostname === given;
  }
  return /^[0-9a-f:.]+$/i.test(given) && given.includes(":") && URL.canParse(`http://[${given}]`);
}

/** The URL of an HTTP proxy; it may hold a user name and password, so it is never shown. */
export function proxyUrl(): ValueType<string> {
  const allowed = "a URL such as http://[user:password@]host:port";
  return parsedText("URL", allowed, (given) => {
    const url = URL.parse(given);
    const isProxy = url?.protocol === "http:" && url.pathname === "/" && !/[\s?#]/.test(given);
    if (!isProxy || url.hostname === "") throw new Refusal(`must be ${allowed}`);
    return url.href;
  });
}
