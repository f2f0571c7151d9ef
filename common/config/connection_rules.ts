import type { OptionKey, OptionValues } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import { type Candidate, hasEffectOnly, isDeliberate, needs, problem, type Rule } from "./rule.ts";

const ALL: readonly OptionKey[] = [
  "connectionReuseStrategy",
  "httpVersion",
  "caCert",
  "clientCert",
  "clientKey",
  "proxy",
  "localAddress",
];

/** Those that a mock server at a URL of its own takes: it speaks neither TLS nor HTTP/2. */
const ALSO_PLAIN: readonly OptionKey[] = ["connectionReuseStrategy", "proxy", "localAddress"];

/** What must hold between the options about connections. */
export const CONNECTION_RULES: readonly Rule[] = [
  ...(["caCert", "clientCert", "clientKey"] as const).map((key) =>
    hasEffectOnly(key, {
      when: ({ url, mockServer }) => mockServer || url.some((one) => one.startsWith("https:")),
      about: ["url", "mockServer"],
      otherwise: "without a --url that begins with https:",
    })
  ),
  needs("clientCert", "clientKey", (values) => values.clientKey !== null),
  needs("clientKey", "clientCert", (values) => values.clientCert !== null),
  ...ALL.map((key) =>
    hasEffectOnly(key, {
      when: (values) => !values.mockServer,
      about: ["mockServer"],
      otherwise: `with --mock-server, which is reached on plain connections${
        ALSO_PLAIN.includes(key) ? "; start aiperf mock-server by itself and give its --url" : ""
      }`,
    })
  ),
  contradicts("httpVersion", "connectionReuseStrategy", {
    when: ({ httpVersion, connectionReuseStrategy }) =>
      httpVersion === "2" && connectionReuseStrategy !== "pooled",
    because: "the requests of HTTP/2 share one connection",
  }),
  contradicts("httpVersion", "proxy", {
    when: ({ httpVersion, proxy }) => httpVersion === "2" && proxy !== null,
    because: "HTTP/2 is not spoken through a proxy",
  }),
  contradicts("httpVersion", "url", {
    when: ({ httpVersion, url }) => httpVersion === "2" && url.some(isUnix),
    because: "HTTP/2 is not spoken on a Unix socket",
  }),
  contradicts("proxy", "url", {
    when: ({ proxy, url }) => proxy !== null && url.some(isUnix),
    because: "no proxy leads to a Unix socket",
  }),
  contradicts("proxy", "clientCert", {
    when: ({ proxy, clientCert }) => proxy !== null && clientCert !== null,
    because: "a client certificate cannot be shown through a proxy",
  }),
  contradicts("proxy", "localAddress", {
    when: ({ proxy, localAddress }) => proxy !== null && localAddress !== null,
    because: "the servers see the address of the proxy",
  }),
  hasEffectOnly("localAddress", {
    when: ({ url }) => !url.every(isUnix),
    about: ["url"],
    otherwise: "on Unix sockets",
  }),
];

function isUnix(url: string): boolean {
  return url.startsWith("unix:");
}

interface Contradiction {
  when(values: OptionValues): boolean;
  readonly because: string;
}

/** Both are meant, and both cannot be had. */
function contradicts(key: OptionKey, other: OptionKey, { when, because }: Contradiction): Rule {
  return {
    about: [key, other, "mockServer"],
    check: (candidate: Candidate): Problem[] => {
      if (candidate.values.mockServer || !when(candidate.values)) return [];
      const blamed = isDeliberate(candidate, key) ? key : other;
      const rest = blamed === key ? other : key;
      const name = candidate.origins.get(rest)?.name ?? rest;
      return [problem(candidate, blamed, `contradicts ${name}: ${because}`)];
    },
  };
}
