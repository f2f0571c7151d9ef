import type { HubConfig } from "./hub_config.ts";
import { HubError, type HubRequest, refusal, unreachable } from "./hub_error.ts";
import { fileUrl, type HubFile, type HubRepo, treeUrl } from "./hub_file.ts";

/** The most redirects that are followed. */
const MOST_REDIRECTS = 5;
/** How long the hub may take to begin an answer. */
const ANSWER_TIMEOUT_MS = 30_000;

/** What the hub says of a file. */
export interface HubFileInfo {
  /** Identifies the contents. */
  readonly etag: string;
  /** In bytes; null: it is not said. */
  readonly size: number | null;
  /** The commit that the revision stands for; null: it is not said. */
  readonly commit: string | null;
}

/** A file in the list of a repository's files. */
export interface HubEntry {
  readonly path: string;
  readonly size: number;
}

/** Asks the hub for one thing after the other. Everything throws HubError. */
export class HubClient {
  readonly #config: HubConfig;

  constructor(config: HubConfig) {
    this.#config = config;
  }

  /** What the hub says of a file, without the file; `timeoutMs`: when an answer has to be there. */
  async info(file: HubFile, timeoutMs = ANSWER_TIMEOUT_MS): Promise<HubFileInfo> {
    const url = fileUrl(this.#config.endpoint, file);
    const response = await this.#ask(url, this.#requestFor(file), {
      method: "HEAD",
      timeoutMs,
      // Where large files are is told by a redirect, which says all that there is to know.
      isEnd: (to) => new URL(to).origin !== this.#origin,
    });
    const { headers } = response;
    const etag = headers.get("x-linked-etag") ?? headers.get("etag");
    const size = headers.get("x-linked-size") ?? headers.get("content-length");
    if (etag === null) throw new HubError(`${url} was answered without an ETag: is it a hub?`);
    return {
      etag: etag.replace(/^W\//, "").replaceAll('"', ""),
      size: size === null || !/^\d+$/.test(size) ? null : Number(size),
      commit: headers.get("x-repo-commit"),
    };
  }

  /** The bytes of a file from `offset` on; the status is 206 if the server begins there. */
  async open(file: HubFile, offset: number): Promise<Response> {
    const url = fileUrl(this.#config.endpoint, file);
    return await this.#ask(url, this.#requestFor(file), {
      method: "GET",
      timeoutMs: ANSWER_TIMEOUT_MS,
      headers: offset > 0 ? { range: `bytes=${offset}-` } : {},
      isEnd: () => false,
    });
  }

  /** The files in a folder of a repository and below it; `folder` is empty for all. */
  async list(repo: HubRepo, folder: string): Promise<HubEntry[]> {
    const entries: HubEntry[] = [];
    let url: string | null = treeUrl(this.#config.endpoint, repo, folder);
    const request = this.#requestFor({ repo, path: folder === "" ? "the files" : folder });
    while (url !== null) {
      const response = await this.#ask(url, request, {
        method: "GET",
        timeoutMs: ANSWER_TIMEOUT_MS,
        isEnd: () => false,
      });
      entries.push(...readEntries(await response.json().catch(() => null), url));
      url = nextPage(response.headers.get("link"));
    }
    return entries;
  }

  get #origin(): string {
    return new URL(this.#config.endpoint).origin;
  }

  #requestFor({ repo, path }: HubFile): HubRequest {
    const { endpoint, token } = this.#config;
    return { endpoint, repo, what: path, hasToken: token !== null };
  }

  async #ask(
    start: string,
    request: HubRequest,
    options: {
      readonly method: "GET" | "HEAD";
      readonly timeoutMs: number;
      readonly headers?: Record<string, string>;
      /** Whether a redirect to `url` is the answer itself. */
      isEnd(url: string): boolean;
    },
  ): Promise<Response> {
    let url = start;
    for (let hop = 0; hop <= MOST_REDIRECTS; hop++) {
      const response = await this.#fetch(url, options);
      const to = response.headers.get("location");
      if (response.status >= 300 && response.status < 400 && to !== null) {
        await response.body?.cancel();
        const next = new URL(to, url).href;
        if (options.isEnd(next)) return response;
        url = next;
        continue;
      }
      if (response.ok) return response;
      await response.body?.cancel();
      throw refusal(request, {
        status: response.status,
        code: response.headers.get("x-error-code"),
      });
    }
    throw new HubError(`${start} redirects more than ${MOST_REDIRECTS} times`);
  }

  async #fetch(
    url: string,
    { method, timeoutMs, headers }: {
      method: string;
      timeoutMs: number;
      headers?: Record<string, string>;
    },
  ): Promise<Response> {
    const { token, endpoint } = this.#config;
    // Whoever a redirect leads to must not see the token.
    const isOwn = new URL(url).origin === this.#origin;
    const authorization = isOwn && token !== null ? { authorization: `Bearer ${token}` } : {};
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(new DOMException("late", "TimeoutError")), timeoutMs);
    try {
      return await fetch(url, {
        method,
        redirect: "manual",
        signal: late.signal,
        // Compressed, a range would count the bytes of something else.
        headers: { "accept-encoding": "identity", ...headers, ...authorization },
      });
    } catch (error) {
      throw unreachable(isOwn ? endpoint : new URL(url).origin, error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function readEntries(list: unknown, url: string): HubEntry[] {
  if (!Array.isArray(list)) throw new HubError(`${url} was not answered with a list of files`);
  return list.flatMap((entry: { type?: unknown; path?: unknown; size?: unknown }) => {
    const { type, path, size } = entry ?? {};
    const isFile = type === "file" && typeof path === "string" && typeof size === "number";
    return isFile ? [{ path, size }] : [];
  });
}

/** The next page of a list, from a `Link` header; null: it is the last. */
function nextPage(link: string | null): string | null {
  return link?.match(/<([^>]+)>;\s*rel="?next"?/)?.[1] ?? null;
}
