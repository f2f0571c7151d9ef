import { LineFile } from "../../common/runtime/line_file.ts";
import { LOG_LEVELS, type LogLevel } from "../../common/runtime/log.ts";

/** Where log lines go besides the file. */
export interface RunLogOptions {
  readonly path: string;
  /** Shows a line at the terminal. */
  readonly show: (line: string) => void;
  /** Lines from this level on are shown. */
  readonly showFrom: LogLevel;
}

/** The log of all services of a run: a file, and the graver lines at the terminal. */
export class RunLog {
  readonly #file: LineFile;
  readonly #options: RunLogOptions;

  constructor(file: LineFile, options: RunLogOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Creates the log file and its folder. */
  static async create(options: RunLogOptions): Promise<RunLog> {
    await Deno.mkdir(options.path.slice(0, options.path.lastIndexOf("/")), { recursive: true });
    return new RunLog(await LineFile.create(options.path), options);
  }

  /** Takes a finished log line. */
  line(line: string): void {
    if (levelOf(line) >= LOG_LEVELS[this.#options.showFrom]) this.#options.show(line);
    try {
      void this.#file.append(line);
    } catch {
      // A full disk must not end a run because of its log; the journal has its own check.
    }
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    try {
      await this.#file.close();
    } catch {
      // See `line`.
    }
  }
}

function levelOf(line: string): number {
  const level = line.split(" ", 2)[1] as LogLevel | undefined;
  return level && level in LOG_LEVELS ? LOG_LEVELS[level] : LOG_LEVELS.INFO;
}
