import { createHash } from "node:crypto";
import type { HubConfig } from "../../common/hub/hub_config.ts";

/** The commit that every revision of the fake hub stands for. */
export const HUB_COMMIT = "0123456789abcdef0123456789abcdef01234567";

/** A request that one of the two servers has seen. */
export interface HubRequestSeen {
  readonly server: "hub" | "cdn";
  readonly method: string;
  readonly path: string;
  readonly authorization: string | null;
  readonly range: string | null;
}

/** A file of the fake hub. */
export interface FakeFile {
  /** `models` or `datasets`, the repository, `@`, the revision, `/`, the path. */
  readonly name: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Large files are served by a server of another origin, as on the real hub. */
  readonly isLarge: boolean;
}

/** The Hugging Face hub on this host: one server for the API, another for large files. */
export class FakeHub {
  readonly seen: HubRequestSeen[] = [];
  /** Repositories, as `models/org/name`, for which nobody has access without this token. */
  readonly gated = new Map<string, string>();
  /** Answers with a body break off after so many bytes, so often. */
  breakOff = { afterBytes: 0, times: 0 };
  /** The checksums that are told are those of other contents. */
  isDamaging = false;
  /** Answers come so late. */
  delayMs = 0;
  readonly #files = new Map<string, FakeFile>();
  readonly #hub: Deno.HttpServer<Deno.NetAddr>;
  readonly #cdn: Deno.HttpServer<Deno.NetAddr>;

  constructor() {
    const options = { port: 0, hostname: "127.0.0.1", onListen: () => {} };
    this.#hub = Deno.serve(options, (request) => this.#answer(request));
    this.#cdn = Deno.serve(options, (request) => this.#deliver(request));
  }

  get url(): string {
    return `http://127.0.0.1:${this.#hub.addr.port}`;
  }

  /** The settings of a client of this hub that keeps its files in `cacheDir`. */
  config(cacheDir: string, change: Partial<HubConfig> = {}): HubConfig {
    return {
      endpoint: this.url,
      token: null,
      isOffline: false,
      cacheDir,
      huggingFaceCacheDir: `${cacheDir}/none`,
      ...change,
    };
  }

  /** Adds a file, e.g. `models/org/name@main/tokenizer.json`. */
  add(name: string, contents: string | Uint8Array<ArrayBuffer>, isLarge = false): void {
    const bytes = typeof contents === "string" ? new TextEncoder().encode(contents) : contents;
    this.#files.set(name, { name, bytes, isLarge });
  }

  /** What was asked of either server, as `GET /path`. */
  asked(server: "hub" | "cdn" = "hub"): string[] {
    return this.seen.filter((one) => one.server === server)
      .map(({ method, path }) => `${method} ${path}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#hub.shutdown(), this.#cdn.shutdown()]);
  }

  async #answer(request: Request): Promise<Response> {
    const { pathname } = this.#note(request, "hub");
    if (this.delayMs > 0) await new Promise((resolve) => setTimeout(resolve, this.delayMs));
    const tree = pathname.match(/^\/api\/(models|datasets)\/(.+)\/tree\/([^/]+)(?:\/(.*))?$/);
    if (tree) return this.#list(tree[1]!, tree[2]!, tree[3]!, tree[4] ?? "");
    const file = pathname.match(/^\/(datasets\/)?(.+)\/resolve\/([^/]+)\/(.+)$/);
    if (!file) return new Response("not found", { status: 404 });
    const repo = `${file[1] ? "datasets" : "models"}/${file[2]}`;
    const token = this.gated.get(repo);
    if (token !== undefined && request.headers.get("authorization") !== `Bearer ${token}`) {
      const status = request.headers.has("authorization") ? 403 : 401;
      return new Response("gated", { status, headers: { "x-error-code": "GatedRepo" } });
    }
    return this.#resolve(request, repo, decodeURIComponent(file[3]!), decodeURIComponent(file[4]!));
  }

  #resolve(request: Request, repo: string, revision: string, path: string): Response {
    const names = [...this.#files.keys()];
    const fail = (code: string) =>
      new Response(code, { status: 404, headers: { "x-error-code": code } });
    if (!names.some((name) => name.startsWith(`${repo}@`))) return fail("RepoNotFound");
    if (!names.some((name) => name.startsWith(`${repo}@${revision}/`))) {
      return fail("RevisionNotFound");
    }
    const file = this.#files.get(`${repo}@${revision}/${path}`);
    if (!file) return fail("EntryNotFound");
    const headers: Record<string, string> = { "x-repo-commit": HUB_COMMIT };
    if (!file.isLarge) return this.#send(request, file, { ...headers, etag: this.#etag(file) });
    const cdn = `http://127.0.0.1:${this.#cdn.addr.port}/blobs/${encodeURIComponent(file.name)}`;
    return new Response(null, {
      status: 302,
      headers: {
        ...headers,
        location: cdn,
        "x-linked-etag": this.#etag(file),
        "x-linked-size": String(file.bytes.length),
      },
    });
  }

  #deliver(request: Request): Response {
    const { pathname } = this.#note(request, "cdn");
    const file = this.#files.get(decodeURIComponent(pathname.slice("/blobs/".length)));
    return file ? this.#send(request, file, {}) : new Response("gone", { status: 404 });
  }

  #send(request: Request, { bytes }: FakeFile, extra: Record<string, string>): Response {
    const from = Number(request.headers.get("range")?.match(/^bytes=(\d+)-$/)?.[1] ?? 0);
    const part = bytes.subarray(from);
    const isPartial = request.headers.has("range");
    const headers = {
      ...extra,
      "content-length": String(part.length),
      ...(isPartial
        ? { "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` }
        : {}),
    };
    const status = isPartial ? 206 : 200;
    if (request.method === "HEAD") return new Response(null, { status, headers });
    if (this.breakOff.times-- > 0) {
      return new Response(brokenOff(part.slice(0, this.breakOff.afterBytes)), { status, headers });
    }
    return new Response(part.slice(), { status, headers });
  }

  #list(kind: string, repo: string, revision: string, folder: string): Response {
    const start = `${kind}/${repo}@${decodeURIComponent(revision)}/`;
    const files = [...this.#files.values()].filter(({ name }) => name.startsWith(start + folder));
    if (files.length === 0) {
      return new Response("[]", { status: 404, headers: { "x-error-code": "EntryNotFound" } });
    }
    return Response.json([
      { type: "directory", path: "data", size: 0 },
      ...files.map(({ name, bytes }) => ({
        type: "file",
        path: name.slice(start.length),
        size: bytes.length,
      })),
    ]);
  }

  #etag({ bytes, isLarge }: FakeFile): string {
    const told = this.isDamaging ? new TextEncoder().encode("something else") : bytes;
    if (isLarge) return `"${createHash("sha256").update(told).digest("hex")}"`;
    const blob = createHash("sha1").update(`blob ${bytes.length}\0`).update(told);
    return `"${blob.digest("hex")}"`;
  }

  #note(request: Request, server: "hub" | "cdn"): URL {
    const url = new URL(request.url);
    this.seen.push({
      server,
      method: request.method,
      path: url.pathname,
      authorization: request.headers.get("authorization"),
      range: request.headers.get("range"),
    });
    return url;
  }
}

/** Some bytes, and then the connection ends before it should. */
function brokenOff(bytes: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  return new ReadableStream({
    start(controller) {
      controller.enqueue(bytes);
      // The bytes have to be on their way before the connection breaks.
      timer = setTimeout(() => controller.close(), 20);
    },
    cancel: () => clearTimeout(timer),
  });
}

/** Gives a test a hub and a folder for its files. */
export async function withHub(
  use: (hub: FakeHub, folder: string) => Promise<void>,
): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "aiperf-hub-" });
  const hub = new FakeHub();
  try {
    await use(hub, folder);
  } finally {
    await hub.close();
    await Deno.remove(folder, { recursive: true });
  }
}
