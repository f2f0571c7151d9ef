import { assertEquals, assertRejects } from "@std/assert";
import { JournalError } from "../../../common/journal/journal_line.ts";
import { JournalReader } from "../../../common/journal/journal_reader.ts";
import type { JournalEntry } from "../../../common/model/journal.ts";
import { closingOf, headerLine, journalText, withFolder } from "../../helpers/journal_text.ts";
import { recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

interface Reading {
  readonly entries: JournalEntry[];
  readonly badLines: string[];
  readonly offset: number;
  readonly tornBytes: number;
}

async function read(text: string): Promise<Reading> {
  let reading: Reading | null = null;
  await withFolder(async (folder) => {
    const path = `${folder}/records.jsonl`;
    await Deno.writeTextFile(path, text);
    const badLines: string[] = [];
    const entries: JournalEntry[] = [];
    using reader = await JournalReader.open(
      path,
      (line, problem) => badLines.push(`${line}: ${problem}`),
    );
    for (let some = await reader.next(); some !== null; some = await reader.next()) {
      entries.push(...some);
    }
    reading = { entries, badLines, offset: reader.offset, tornBytes: reader.tornBytes };
  });
  return reading!;
}

const RECORDS = Array.from({ length: 1_000 }, (_, creditId) => recordOf({ creditId }));

Deno.test("a journal of more than one read comes back whole", async () => {
  const entries = [...RECORDS, closingOf(1_000)];
  const text = journalText(runConfigOf(), entries);
  const reading = await read(text);
  assertEquals(reading.entries, entries);
  assertEquals([reading.badLines, reading.tornBytes], [[], 0]);
  assertEquals(reading.offset, text.length);
});

Deno.test("a last line that is torn is left out, wherever it is torn", async () => {
  const whole = journalText(runConfigOf(), RECORDS.slice(0, 1));
  const last = JSON.stringify(RECORDS[1]);
  for (const at of [1, 7, last.length - 1, last.length]) {
    const reading = await read(whole + last.slice(0, at));
    assertEquals(reading.entries, RECORDS.slice(0, 1));
    assertEquals([reading.offset, reading.tornBytes], [whole.length, at]);
  }
});

Deno.test("lines that cannot be used are named by their number and left out", async () => {
  const [first, second] = RECORDS.map((record) => JSON.stringify(record));
  const lines = [headerLine(runConfigOf()), "garbage", first, "", '{"type":"x"}', second, ""];
  const reading = await read(lines.join("\n"));
  assertEquals(reading.entries, RECORDS.slice(0, 2));
  assertEquals(reading.badLines, [
    "2: it is no JSON object",
    "4: it is no JSON object",
    "5: it cannot be used: type is not what it should be",
  ]);
});

Deno.test("a file that is no journal is refused, and one that is not there", async () => {
  await assertRejects(() => read(""), JournalError, "it has no whole line");
  await assertRejects(() => read(headerLine(runConfigOf())), JournalError, "it has no whole line");
  await assertRejects(() => read("{}\n"), JournalError, "its first line is no header");
  await assertRejects(() => JournalReader.open("/nonexistent/x"), Deno.errors.NotFound);
});
