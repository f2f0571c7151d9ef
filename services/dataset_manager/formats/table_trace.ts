import { plainTurn } from "../../../common/model/conversation.ts";
import { FieldError, type JsonObject } from "./fields.ts";
import type { LineContent, LineFormat } from "./format.ts";
import { readTime } from "./table_time.ts";

/** Blocks are of no use where none are recorded. */
const BLOCK_SIZE = 1;

/** The columns of a table of requests. */
interface TableColumns {
  readonly time: string;
  readonly input: string;
  readonly output: string;
}

/** BurstGPT's CSV files: `Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type`. */
export const burstGptFormat: LineFormat = {
  name: "burst_gpt_trace",
  matches: () => false,
  open: () =>
    tableReader({ time: "Timestamp", input: "Request tokens", output: "Response tokens" }),
};

/** The Azure LLM inference traces, CSV files: `TIMESTAMP,ContextTokens,GeneratedTokens`. */
export const azureFormat: LineFormat = {
  name: "azure_trace",
  matches: () => false,
  open: () => tableReader({ time: "TIMESTAMP", input: "ContextTokens", output: "GeneratedTokens" }),
};

/** Dates count from the first of them, as the clock of a trace begins with the trace. */
function tableReader({ time, input, output }: TableColumns) {
  let originMs: number | null = null;
  return (row: JsonObject): LineContent | null => {
    const { atMs, isDate } = readTime(row, time);
    const inputTokens = readTokens(row, input);
    const outputTokens = readTokens(row, output);
    originMs ??= isDate ? atMs : 0;
    // What the recorded service failed at, or was not asked for, says nothing about a length.
    if (inputTokens === 0 || outputTokens === 0) return null;
    if (atMs < originMs) throw new FieldError(time, "must not be before that of the first row");
    return {
      id: null,
      opening: [],
      turns: [plainTurn([], { outputTokens, timestampMs: rounded(atMs - originMs) })],
      prompts: [{ inputTokens, blocks: null, blockSize: BLOCK_SIZE }],
    };
  };
}

/** To a thousandth of a millisecond, more than any recording has. */
function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** Some tables have `1024.0`. */
function readTokens(row: JsonObject, name: string): number {
  const text = String(row[name] ?? "").trim();
  const value = Number(text);
  if (text !== "" && Number.isSafeInteger(value) && value >= 0) return value;
  throw new FieldError(name, `must be a whole number of at least 0, got ${JSON.stringify(text)}`);
}
