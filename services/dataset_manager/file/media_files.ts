/** The kinds of files that can be sent, by the ends of their names. */
const TYPES: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  bmp: "image/bmp",
  wav: "audio/wav",
  mp3: "audio/mp3",
  flac: "audio/flac",
  ogg: "audio/ogg",
  m4a: "audio/m4a",
  mp4: "video/mp4",
  webm: "video/webm",
  mov: "video/quicktime",
};

/** With what base64 adds, less than a message between services may have. */
const MAX_BYTES = 24 * 1024 * 1024;

/** Pictures, sounds and films that an input file names by their paths, relative to its folder. */
export class MediaFiles {
  readonly #folder: string;

  /** `folder`: absolute. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Why a file cannot be sent; null: it can. */
  problem(path: string): string | null {
    if (typeOf(path) === null) {
      return `is neither a URL nor a file of a known kind (${Object.keys(TYPES).join(", ")})`;
    }
    try {
      const { isFile, size } = Deno.statSync(this.#pathOf(path));
      if (!isFile) return "is no regular file";
      if (size > MAX_BYTES) return `is larger than ${MAX_BYTES / 1024 / 1024} MiB`;
      return null;
    } catch (error) {
      return error instanceof Deno.errors.NotFound ? "does not exist" : "cannot be read";
    }
  }

  /** A file as a data URI; throws what the file system throws. */
  load(path: string): string {
    const bytes = Deno.readFileSync(this.#pathOf(path));
    return `data:${typeOf(path)};base64,${bytes.toBase64()}`;
  }

  #pathOf(path: string): string {
    return path.startsWith("/") ? path : `${this.#folder}/${path}`;
  }
}

function typeOf(path: string): string | null {
  return TYPES[path.slice(path.lastIndexOf(".") + 1).toLowerCase()] ?? null;
}
