import type * as z from "zod/mini";
import { quickCheck } from "../comms/quick_check.ts";
import {
  JOURNAL_VERSION,
  type JournalEntry,
  type JournalHeader,
  journalHeaderSchema,
  journalNoteSchema,
} from "../model/journal.ts";
import { requestRecordSchema } from "../model/record.ts";

/** Thrown for a journal that cannot be used at all; the message follows its path. */
export class JournalError extends Error {
  override readonly name = "JournalError";
}

/** Thrown for a line that cannot be used; the message follows its number. */
export class JournalLineError extends TypeError {
  override readonly name = "JournalLineError";
}

const isRecord = quickCheck(requestRecordSchema);

/** Reads the first line of a journal; throws a JournalError when it is not one, or a later one. */
export function parseHeader(line: string): JournalHeader {
  const raw = parseObject(line);
  const version = raw?.["journal"];
  if (typeof version === "number" && version > JOURNAL_VERSION) {
    throw new JournalError(
      `it was written by a newer aiperf (journal version ${version}; this one knows ` +
        `${JOURNAL_VERSION}): use that one`,
    );
  }
  const result = journalHeaderSchema.safeParse(raw);
  if (result.success) return result.data;
  const hint = version === JOURNAL_VERSION ? `: ${describe(result.error)}` : "";
  throw new JournalError(`it is no journal of aiperf: its first line is no header${hint}`);
}

/** Reads any other line of a journal; throws a JournalLineError that says what is wrong with it. */
export function parseEntry(line: string): JournalEntry {
  const raw = parseObject(line);
  if (raw === null) throw new JournalLineError("it is no JSON object");
  if (isRecord(raw)) return raw as JournalEntry;
  const schema = "type" in raw ? journalNoteSchema : requestRecordSchema;
  const result = schema.safeParse(raw);
  if (result.success) return result.data;
  throw new JournalLineError(`it cannot be used: ${describe(result.error)}`);
}

/** The text of a line of a journal that is a message too, as a service sends it on. */
export function messageText(line: string): string | null {
  if (line.startsWith('{"type":"phase_')) return line;
  return /^\{"(type|journal)":/.test(line) ? null : RECORD_START + line + RECORD_END;
}

const RECORD_START = '{"type":"record","record":';
const RECORD_END = "}";

/** The line of a record, from the text of the message that it came with. */
export function recordLine(messageText: string): string {
  return messageText.slice(RECORD_START.length, -RECORD_END.length);
}

/** Whether a message's text is put together as we do it, with nothing but the record in it. */
export function isPlainRecordText(text: string): boolean {
  return text.startsWith(RECORD_START) && !text.includes("\n");
}

function parseObject(line: string): Record<string, unknown> | null {
  try {
    const raw: unknown = JSON.parse(line);
    const isObject = typeof raw === "object" && raw !== null && !Array.isArray(raw);
    return isObject ? raw as Record<string, unknown> : null;
  } catch {
    return null;
  }
}

function describe({ issues: [issue] }: z.core.$ZodError): string {
  const path = issue?.path.join(".") || "its type";
  return `${path} is not what it should be`;
}
