import { describeFileError } from "../../common/runtime/file_error.ts";
import { FOLDER_MODE } from "../../common/runtime/file_mode.ts";
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
  readonly #file: LineFile | null;
  readonly #options: RunLogOptions;

  /** `file`: null when there can be none; the run goes on without. */
  constructor(file: LineFile | null, options: RunLogOptions) {
    this.#file = file;
    this.#options = options;
  }

  /** Creates the log file and its folder; shows why not when that cannot be. */
  static async create(options: RunLogOptions): Promise<RunLog> {
    const { path, show } = options;
    try {
      const folder = path.slice(0, path.lastIndexOf("/"));
      await Deno.mkdir(folder, { recursive: true, mode: FOLDER_MODE });
      return new RunLog(await LineFile.create(path), options);
    } catch (error) {
      show(`aiperf: Cannot write ${path}: ${describeFileError(error)}; the run goes on without`);
      return new RunLog(null, options);
    }
  }

  /** Takes a finished log line. */
  line(line: string): void {
    if (levelOf(line) >= LOG_LEVELS[this.#options.showFrom]) this.#options.show(line);
    try {
      void this.#file?.append(line);
    } catch {
      // A full disk must not end a run because of its log; the journal has its own check.
    }
  }

  /** Writes what is left and closes the file. */
  async close(): Promise<void> {
    try {
      await this.#file?.close();
    } catch {
      // See `line`.
    }
  }
}

function levelOf(line: string): number {
  const level = line.split(" ", 2)[1] as LogLevel | undefined;
  return level && level in LOG_LEVELS ? LOG_LEVELS[level] : LOG_LEVELS.INFO;
}
