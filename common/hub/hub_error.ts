import { type HubRepo, pageUrl } from "./hub_file.ts";

/** What the hub was asked for. */
export interface HubRequest {
  readonly endpoint: string;
  readonly repo: HubRepo;
  /** The file's path, or what else was asked for. */
  readonly what: string;
  readonly hasToken: boolean;
}

/** Something cannot be had from the hub; the message is for the terminal. */
export class HubError extends Error {
  override readonly name = "HubError";

  /** `kind`: the repository has no such file; it may work later; or neither. */
  constructor(message: string, readonly kind: "missing" | "transient" | "final" = "final") {
    super(message);
  }
}

/** What an answer that is no success says. `code`: its `X-Error-Code`, `status`: of HTTP. */
export function refusal(
  request: HubRequest,
  { status, code }: { status: number; code: string | null },
): HubError {
  const { endpoint, repo, what, hasToken } = request;
  const page = pageUrl(endpoint, repo);
  if (code === "EntryNotFound") {
    return new HubError(`${page} has no file ${what} at revision ${repo.revision}`, "missing");
  }
  if (code === "RevisionNotFound") {
    return new HubError(`${page} has no revision "${repo.revision}"`);
  }
  if (code === "GatedRepo" || status === 403) return new HubError(gated(page, hasToken));
  if (code === "RepoNotFound" || status === 401 || status === 404) {
    return new HubError(unknown(request));
  }
  if (status === 429) {
    return new HubError(
      `${endpoint} answered 429: too many requests; try again later`,
      "transient",
    );
  }
  const kind = status >= 500 ? "transient" : "final";
  return new HubError(`${endpoint} answered ${status} when asked for ${what} of ${repo.id}`, kind);
}

function gated(page: string, hasToken: boolean): string {
  const access = `${page} is gated: accept its terms there`;
  return hasToken
    ? `${access} with the account that the token in HF_TOKEN belongs to`
    : `${access}, and set HF_TOKEN to a token of the account that did`;
}

function unknown({ endpoint, repo, hasToken }: HubRequest): string {
  const hint = hasToken
    ? "or the token in HF_TOKEN may not read it"
    : "or it is private and HF_TOKEN has to be set";
  return `there is no ${repo.kind} "${repo.id}" on ${endpoint}, ${hint}`;
}

/** What is said when nothing may be asked of the network. */
export function offline({ repo, what }: Pick<HubRequest, "repo" | "what">): HubError {
  return new HubError(
    `${what} of ${repo.id} is not in the cache, and HF_HUB_OFFLINE forbids to fetch it`,
  );
}

/** What is said when no answer comes. */
export function unreachable(endpoint: string, error: unknown): HubError {
  return new HubError(`cannot reach ${endpoint}: ${networkReason(error)}`, "transient");
}

function networkReason(error: unknown): string {
  if (error instanceof DOMException && error.name === "TimeoutError") return "no answer in time";
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) parts.push(at.message);
  const text = parts.join(": ");
  if (/dns error|lookup address|name or service/i.test(text)) return "its name cannot be resolved";
  if (/refused/i.test(text)) return "connection refused";
  return text.split(": ").at(-1) ?? String(error);
}
