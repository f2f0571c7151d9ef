import { TRACE_FORMATS } from "../../../common/model/dataset_format.ts";
import type { AnalyzedTrace, TraceRequest } from "../../../common/model/trace_request.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { kindProblem } from "../file/file_kinds.ts";
import { openInputFile } from "../file/input_file.ts";
import { LineReader } from "../file/line_reader.ts";
import { readLines } from "../file/read_lines.ts";
import { FieldError } from "../formats/fields.ts";
import { analysisJson } from "./analysis_json.ts";
import { analysisText } from "./analysis_text.ts";
import { TraceStatistics } from "./trace_statistics.ts";

const MAX_LINE_BYTES = 32 * 1024 * 1024;

/** Bytes that tell what is no text. */
const FIRST_BYTES = 8;

/** So many bad lines are named; the others are counted. */
const MOST_NAMED = 20;

/**
 * Says what the requests of a trace are like, reading it as a stream.
 *
 * Throws a BadInputError that names the file, and the first line that cannot be used unless such
 * lines are to be left out.
 */
export async function analyzeTrace(request: TraceRequest): Promise<AnalyzedTrace> {
  const analysis = new Analysis(request);
  const source = await openInputFile(request.path);
  try {
    analysis.begin(source.readAt({ offset: 0, length: FIRST_BYTES }));
    await readLines(source, {
      maxLineBytes: MAX_LINE_BYTES,
      onLine: ({ bytes, number, isTooLong }) => analysis.take(bytes, number, isTooLong),
    });
  } finally {
    source.close();
  }
  return analysis.end();
}

class Analysis {
  readonly #request: TraceRequest;
  readonly #reader: LineReader;
  readonly #statistics = new TraceStatistics();
  readonly #bad: string[] = [];
  #badCount = 0;

  constructor(request: TraceRequest) {
    this.#request = request;
    this.#reader = new LineReader(request.format, {
      blockSize: request.blockSize,
      history: null,
      isStreaming: false,
      fileProblem: () => null,
    });
  }

  /** Takes a look at the first bytes of the file. */
  begin(bytes: Uint8Array): void {
    const problem = kindProblem(bytes);
    if (problem !== null) throw this.#badFile(problem);
  }

  /** Takes a line; false when reading on is of no use. */
  take(bytes: Uint8Array, number: number, isTooLong: boolean): boolean {
    try {
      if (isTooLong) throw new FieldError("", "is longer than 32 MiB");
      const content = this.#reader.read(bytes);
      this.#checkFormat();
      if (content !== null) this.#statistics.add(content);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
      this.#badCount++;
      if (this.#bad.length < MOST_NAMED) this.#bad.push(`line ${number}: ${error.message}`);
      return this.#request.skipsBadLines;
    }
    return true;
  }

  end(): AnalyzedTrace {
    const { path, skipsBadLines } = this.#request;
    const [first] = this.#bad;
    if (first !== undefined && !skipsBadLines) throw this.#badFile(first);
    const { result } = this.#statistics;
    if (result.requests === 0) throw this.#badFile("holds no request");
    const more = this.#badCount - this.#bad.length;
    return {
      text: analysisText(path, result),
      json: analysisJson(result),
      leftOut: [
        ...this.#bad.map((problem) => `left out ${problem}`),
        ...(more > 0 ? [`left out ${more} more lines`] : []),
      ],
    };
  }

  #checkFormat(): void {
    const { format } = this.#reader;
    if (format === null || TRACE_FORMATS.includes(format)) return;
    throw this.#badFile(`is ${format}, and no recorded trace (${TRACE_FORMATS.join(", ")})`);
  }

  #badFile(problem: string): BadInputError {
    return new BadInputError(`--input-file: ${this.#request.path}: ${problem}`);
  }
}
