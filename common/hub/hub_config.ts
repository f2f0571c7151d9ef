/** Where the Hugging Face hub is and how it is to be used. */
export interface HubConfig {
  /** Without a slash at the end. */
  readonly endpoint: string;
  /** Sent to the endpoint's origin and nowhere else; never shown. */
  readonly token: string | null;
  /** Nothing may be asked of the network. */
  readonly isOffline: boolean;
  /** Where downloads are kept, absolute. */
  readonly cacheDir: string;
  /** Where Hugging Face's own tools keep theirs, absolute; only read. */
  readonly huggingFaceCacheDir: string;
}

/** What the hub's settings are read from. */
export interface HubSurroundings {
  env(name: string): string | undefined;
  /** The text of a file; null when it cannot be read. */
  readFile(path: string): string | null;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";
const YES = ["1", "on", "yes", "true"];

/**
 * The settings of the hub, by the names that Hugging Face's own tools read them from: `HF_ENDPOINT`,
 * `HF_TOKEN` (or the file that `hf auth login` writes), `HF_HUB_OFFLINE`, `HF_HOME`, `HF_HUB_CACHE`.
 */
export function hubConfig({ env, readFile }: HubSurroundings): HubConfig {
  const caches = env("XDG_CACHE_HOME") || `${env("HOME") || "/tmp"}/.cache`;
  const home = env("HF_HOME") || `${caches}/huggingface`;
  const isImplicit = !isYes(env("HF_HUB_DISABLE_IMPLICIT_TOKEN"));
  const tokenFile = env("HF_TOKEN_PATH") || `${home}/token`;
  const token = env("HF_TOKEN") || env("HUGGING_FACE_HUB_TOKEN") ||
    (isImplicit ? readFile(tokenFile) : null);
  return {
    endpoint: (env("HF_ENDPOINT") || DEFAULT_ENDPOINT).replace(/\/+$/, ""),
    token: token?.trim() || null,
    isOffline: isYes(env("HF_HUB_OFFLINE")) || isYes(env("TRANSFORMERS_OFFLINE")),
    cacheDir: `${caches}/aiperf`,
    huggingFaceCacheDir: env("HF_HUB_CACHE") || `${home}/hub`,
  };
}

function isYes(value: string | undefined): boolean {
  return value !== undefined && YES.includes(value.toLowerCase());
}
