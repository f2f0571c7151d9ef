import { type CachedFile, fetchFile, findCached } from "../hub/fetch_file.ts";
import type { HubConfig } from "../hub/hub_config.ts";
import { HubError } from "../hub/hub_error.ts";
import type { HubRepo } from "../hub/hub_file.ts";
import type { HuggingFacePlan } from "../model/tokenizer_plan.ts";
import { describeFileError } from "../runtime/file_error.ts";
import { BrokenTokenizerError, checkTokenizerJson } from "./huggingface_tokenizer.ts";

/** How long the hub may take to answer when nobody has asked for it by name … */
const DEFAULT_ANSWER_MS = 1_000;
/** … and how long all of the tokenizer may take. */
const DEFAULT_DOWNLOAD_MS = 20_000;

/** A tokenizer cannot be had; the message says why, without the option's name. */
export class NoTokenizerError extends Error {
  override readonly name = "NoTokenizerError";

  /** `isOutOfReach`: the hub does not answer, or must not be asked. */
  constructor(message: string, readonly isOutOfReach = false) {
    super(message);
  }
}

/** The files of a tokenizer, absolute. */
export type TokenizerPaths = Omit<HuggingFacePlan, "kind" | "name" | "chatTemplate"> & {
  readonly templatePath: string | null;
};

/** A tokenizer on this machine: a folder or a `tokenizer.json`. Throws NoTokenizerError. */
export async function findLocal(path: string): Promise<TokenizerPaths> {
  const folder = await isFolder(path);
  const file = folder ? `${path}/tokenizer.json` : path;
  const beside = folder ? path : path.slice(0, path.lastIndexOf("/"));
  if (folder && !await exists(file)) {
    throw new NoTokenizerError(
      await exists(`${path}/tokenizer.model`)
        ? `${path}: holds a tokenizer.model, which cannot be read, and no tokenizer.json`
        : `${path}: holds no tokenizer.json`,
    );
  }
  await check(file);
  return {
    commit: null,
    path: file,
    configPath: await orNull(`${beside}/tokenizer_config.json`),
    templatePath: await orNull(`${beside}/chat_template.jinja`),
  };
}

/** How a tokenizer of the hub is to be looked for. */
export interface HubQuery {
  readonly hub: HubConfig;
  readonly repo: HubRepo;
  /** Nobody asked for it by name, so nobody shall wait long for it. */
  readonly isDefault: boolean;
  say(line: string): void;
}

/**
 * The tokenizer of a model on the hub: from the cache, that of Hugging Face's own tools, or the hub.
 *
 * Throws NoTokenizerError.
 */
export async function findOnHub(query: HubQuery): Promise<TokenizerPaths> {
  const there = await findInHuggingFaceCache(query) ?? await findInCache(query);
  if (there !== null) return there;
  if (query.hub.isOffline) {
    const reason = "it is not in the cache, and HF_HUB_OFFLINE forbids to fetch it";
    throw new NoTokenizerError(reason, true);
  }
  try {
    return await download(query);
  } catch (error) {
    if (isTimeout(error)) throw new NoTokenizerError("its download takes too long");
    if (error instanceof HubError) {
      throw new NoTokenizerError(error.message, error.kind === "transient");
    }
    throw error instanceof BrokenTokenizerError ? new NoTokenizerError(error.message) : error;
  }
}

/** `models--owner--name/refs/<branch>` holds the commit, `snapshots/<commit>` its files. */
async function findInHuggingFaceCache({ hub, repo }: HubQuery): Promise<TokenizerPaths | null> {
  const folder = `${hub.huggingFaceCacheDir}/models--${repo.id.replaceAll("/", "--")}`;
  const named = await Deno.readTextFile(`${folder}/refs/${repo.revision}`).catch(() => null);
  const commit = named?.trim() ?? repo.revision;
  const snapshot = `${folder}/snapshots/${commit}`;
  if (!await exists(`${snapshot}/tokenizer.json`)) return null;
  return { ...await findLocal(snapshot), commit };
}

/** `tokenizer.json` is fetched last: what is not there beside it, the hub does not have. */
async function findInCache({ hub, repo }: HubQuery): Promise<TokenizerPaths | null> {
  const find = (path: string) => findCached(hub, { repo, path });
  const tokenizer = await find("tokenizer.json");
  if (tokenizer === null) return null;
  return pathsOf(tokenizer, await find("tokenizer_config.json"), await find("chat_template.jinja"));
}

async function download({ hub, repo, isDefault, say }: HubQuery): Promise<TokenizerPaths> {
  const options = isDefault
    ? { answerMs: DEFAULT_ANSWER_MS, signal: AbortSignal.timeout(DEFAULT_DOWNLOAD_MS) }
    : {};
  const [config, template] = await Promise.all(
    ["tokenizer_config.json", "chat_template.jinja"].map((path) =>
      fetchFile(hub, { repo, path }, options).catch(nullIfMissing)
    ),
  );
  let isSaid = false;
  const tokenizer = await fetchFile(hub, { repo, path: "tokenizer.json" }, {
    ...options,
    check,
    onProgress({ total }) {
      const size = total === null ? "" : ` (${(total / 1e6).toFixed(1)} MB)`;
      if (!isSaid) say(`Fetching the tokenizer of ${repo.id} from ${hub.endpoint}${size}`);
      isSaid = true;
    },
  });
  return pathsOf(tokenizer, config!, template!);
}

function pathsOf(
  tokenizer: CachedFile,
  config: CachedFile | null,
  template: CachedFile | null,
): TokenizerPaths {
  return {
    commit: tokenizer.commit,
    path: tokenizer.path,
    configPath: config?.path ?? null,
    templatePath: template?.path ?? null,
  };
}

function nullIfMissing(error: unknown): null {
  if (error instanceof HubError && error.kind === "missing") return null;
  throw error;
}

function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === "TimeoutError";
}

async function check(path: string): Promise<void> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    throw new NoTokenizerError(`${path}: cannot be read: ${describeFileError(error)}`);
  }
  try {
    checkTokenizerJson(text);
  } catch (error) {
    if (!(error instanceof BrokenTokenizerError)) throw error;
    throw new NoTokenizerError(`${path.replace(/\/[^/]*$/, "")}: ${error.message}`);
  }
}

async function isFolder(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isDirectory ?? false;
}

async function orNull(path: string): Promise<string | null> {
  return await exists(path) ? path : null;
}

async function exists(path: string): Promise<boolean> {
  return (await Deno.stat(path).catch(() => null))?.isFile ?? false;
}
