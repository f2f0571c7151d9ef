import { createHash, type Hash } from "node:crypto";
import { HubClient, type HubFileInfo } from "./hub_client.ts";
import type { HubConfig } from "./hub_config.ts";
import { describeFileError } from "../runtime/file_error.ts";
import { unlockAndClose } from "../runtime/file_lock.ts";
import { HubError, offline } from "./hub_error.ts";
import { type HubFile, repoFolder } from "./hub_file.ts";

/** How often a download that breaks off is taken up again. */
const ATTEMPTS = 5;
const PAUSE_MS = 500;
/** A download without a byte for so long has broken off. */
const STALL_MS = 30_000;

/** How far a download is. */
export interface DownloadProgress {
  readonly file: HubFile;
  /** Bytes that are there. */
  readonly received: number;
  /** Bytes that it has; null: that is not known. */
  readonly total: number | null;
}

/** How a file is to be fetched. */
export interface FetchOptions {
  /** Told as bytes come, and once at the end. */
  onProgress?(progress: DownloadProgress): void;
  /** How long the hub may take to say that it has the file. */
  readonly answerMs?: number;
  /** Ends the download; what has come is kept for the next one. */
  readonly signal?: AbortSignal;
  /** Throws when the contents are of no use; they are then not kept. */
  check?(path: string): Promise<void>;
}

/** A file of the hub in the cache. */
export interface CachedFile {
  readonly path: string;
  /** Identifies the contents. */
  readonly etag: string;
  /** The commit of its revision; null: it is not known. */
  readonly commit: string | null;
}

/** The file if it is in the cache; null: it is not. */
export async function findCached(config: HubConfig, file: HubFile): Promise<CachedFile | null> {
  return await readCached(pathOf(config, file));
}

async function readCached(path: string): Promise<CachedFile | null> {
  try {
    const { etag, commit } = JSON.parse(await Deno.readTextFile(metaPath(path)));
    await Deno.stat(path);
    return { path, etag, commit };
  } catch {
    return null;
  }
}

/**
 * The file, from the cache if it is there, else from the hub.
 *
 * A download is resumed where an earlier one broke off, its size and checksum are compared with what
 * the hub says, and only then it appears under its name. Programs that want the same file at the
 * same time wait for each other. Throws HubError.
 */
export async function fetchFile(
  config: HubConfig,
  file: HubFile,
  options: FetchOptions = {},
): Promise<CachedFile> {
  const cached = await findCached(config, file);
  if (cached !== null) return cached;
  if (config.isOffline) throw offline({ repo: file.repo, what: file.path });
  const client = new HubClient(config);
  const info = await client.info(file, options.answerMs);
  const path = pathOf(config, file);
  try {
    await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
    return await new Download(client, { file, info, path, options }).run();
  } catch (error) {
    if (!isFileError(error)) throw error;
    throw new HubError(`cannot write to the cache ${config.cacheDir}: ${describeFileError(error)}`);
  }
}

function isFileError(error: unknown): boolean {
  return error instanceof Deno.errors.NotCapable ||
    (error instanceof Error && /\(os error \d+\)/.test(error.message));
}

function pathOf(config: HubConfig, { repo, path }: HubFile): string {
  return `${repoFolder(config.cacheDir, config.endpoint, repo)}/${path}`;
}

function metaPath(path: string): string {
  return `${path}.aiperf.json`;
}

interface Job {
  readonly file: HubFile;
  readonly info: HubFileInfo;
  readonly path: string;
  readonly options: FetchOptions;
}

/** One file on its way into the cache. */
class Download {
  readonly #client: HubClient;
  readonly #job: Job;

  constructor(client: HubClient, job: Job) {
    this.#client = client;
    this.#job = job;
  }

  /** Waits for any other program that fetches the same file; it may then be there. */
  async run(): Promise<CachedFile> {
    const { path, info } = this.#job;
    const lock = await Deno.open(`${path}.lock`, { create: true, write: true });
    try {
      await lock.lock(true);
      const there = await readCached(path);
      if (there !== null) return there;
      // The name holds the contents' identity: another version is begun anew.
      const part = `${path}.${info.etag.slice(0, 16).replaceAll(/\W/g, "_")}.part`;
      await this.#fill(part);
      await this.#verify(part);
      await this.#job.options.check?.(part);
      await Deno.rename(part, path);
      const { etag, commit } = info;
      await writeWhole(metaPath(path), JSON.stringify({ etag, commit }));
      return { path, etag, commit };
    } finally {
      unlockAndClose(lock);
    }
  }

  async #fill(part: string): Promise<void> {
    const { file, info: { size }, options: { signal } } = this.#job;
    let problem = "it is not complete";
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      signal?.throwIfAborted();
      if (attempt > 0) await pause(PAUSE_MS * 2 ** (attempt - 1));
      try {
        if (await this.#receive(part)) return;
      } catch (error) {
        if (error instanceof HubError && error.kind !== "transient") throw error;
        signal?.throwIfAborted();
        problem = error instanceof Error ? error.message : String(error);
      }
    }
    const bytes = size === null ? "" : ` of ${size}`;
    throw new HubError(
      `cannot download ${file.path} of ${file.repo.id}: it broke off after ${await sizeOf(part)}` +
        `${bytes} bytes (${problem}); the next run goes on from there`,
      "transient",
    );
  }

  /** Downloads what is missing; says whether the file is complete. */
  async #receive(part: string): Promise<boolean> {
    const { file, info: { size }, options: { onProgress, signal } } = this.#job;
    let offset = await sizeOf(part);
    if (size !== null && offset === size) return true;
    if (size !== null && offset > size) offset = 0;
    const response = await this.#client.open(file, offset);
    const isResumed = response.status === 206 && startOf(response) === offset;
    if (response.status === 206 && !isResumed) {
      await response.body?.cancel();
      throw new HubError(`the server sent another part of ${file.path} than it was asked for`);
    }
    if (!isResumed) offset = 0;
    using target = await Deno.open(part, { create: true, write: true });
    await target.truncate(offset);
    await target.seek(offset, Deno.SeekMode.Start);
    for await (const bytes of chunksOf(response, signal)) {
      for (let at = 0; at < bytes.length;) at += await target.write(bytes.subarray(at));
      offset += bytes.length;
      onProgress?.({ file, received: offset, total: size });
    }
    return size === null || offset === size;
  }

  async #verify(part: string): Promise<void> {
    const { file, info: { etag, size } } = this.#job;
    const hash = hashFor(etag, size);
    if (hash === null) return;
    for await (const bytes of (await Deno.open(part)).readable) hash.update(bytes);
    if (hash.digest("hex") === etag) return;
    await Deno.remove(part);
    throw new HubError(
      `${file.path} of ${file.repo.id} came damaged: its checksum is not what the hub says; ` +
        "it was thrown away, try again",
    );
  }
}

/** Where the bytes of a partial answer begin; null: it does not say. */
function startOf(response: Response): number | null {
  const start = response.headers.get("content-range")?.match(/^bytes (\d+)-/)?.[1];
  return start === undefined ? null : Number(start);
}

/** The bytes of an answer; throws when none come any more before its end. */
async function* chunksOf(
  { body }: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  if (body === null) return;
  const reader = body.getReader();
  try {
    for (;;) {
      signal?.throwIfAborted();
      const { done, value } = await soon(reader.read());
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => {});
  }
}

async function soon<T>(promise: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`no byte came for ${STALL_MS / 1000} s`)),
    STALL_MS,
  );
  return await Promise.race([promise, late.promise]).finally(() => clearTimeout(timer));
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** What the hub identifies contents by: SHA-256 of large files, git's SHA-1 of the others. */
function hashFor(etag: string, size: number | null): Hash | null {
  if (/^[0-9a-f]{64}$/.test(etag)) return createHash("sha256");
  if (!/^[0-9a-f]{40}$/.test(etag) || size === null) return null;
  return createHash("sha1").update(`blob ${size}\0`);
}

async function writeWhole(path: string, text: string): Promise<void> {
  const draft = `${path}.${crypto.randomUUID()}`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

async function sizeOf(path: string): Promise<number> {
  return (await Deno.stat(path).catch(() => null))?.size ?? 0;
}
