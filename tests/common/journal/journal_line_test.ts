import { assertEquals, assertThrows } from "@std/assert";
import {
  isPlainRecordText,
  JournalError,
  JournalLineError,
  messageText,
  parseEntry,
  parseHeader,
  recordLine,
} from "../../../common/journal/journal_line.ts";
import { messageExamples } from "../../helpers/messages.ts";
import { closingOf, headerLine } from "../../helpers/journal_text.ts";
import { recordOf } from "../../helpers/records.ts";
import { runConfigOf } from "../../helpers/run_config.ts";

Deno.test("a header comes back as it was written", () => {
  assertEquals(parseHeader(headerLine(runConfigOf())).config, runConfigOf());
});

const BAD_HEADERS: [what: string, line: string, message: string][] = [
  ["an empty line", "", "it is no journal of aiperf: its first line is no header"],
  [
    "a record",
    JSON.stringify(recordOf()),
    "it is no journal of aiperf: its first line is no header",
  ],
  [
    "a later version",
    '{"journal":2,"anything":true}',
    "it was written by a newer aiperf (journal version 2; this one knows 1): use that one",
  ],
  [
    "a header without what it should hold",
    '{"journal":1,"aiperfVersion":"0"}',
    "it is no journal of aiperf: its first line is no header: config is not what it should be",
  ],
];

for (const [what, line, message] of BAD_HEADERS) {
  Deno.test(`a journal that begins with ${what} is refused`, () => {
    assertThrows(() => parseHeader(line), JournalError, message);
  });
}

const NOTES = [messageExamples.phase_started, messageExamples.phase_complete, closingOf(3)];

for (const entry of [recordOf({ text: { output: "a\nb", reasoning: "ü 😀" } }), ...NOTES]) {
  const what = "type" in entry ? entry.type : "a record";
  Deno.test(`${what} comes back as it was written`, () => {
    assertEquals(parseEntry(JSON.stringify(entry)), entry);
  });
}

Deno.test("a record of before connections were recorded says nothing of its own", () => {
  const { connectNs: _, openConnections: __, ...old } = recordOf();
  assertEquals(parseEntry(JSON.stringify(old)), { ...old, connectNs: null, openConnections: null });
});

const BAD_LINES: [line: string, message: string][] = [
  ["", "it is no JSON object"],
  ["\0\0\0", "it is no JSON object"],
  ["[1]", "it is no JSON object"],
  ['{"creditId":1', "it is no JSON object"],
  ['{"type":"later"}', "it cannot be used: type is not what it should be"],
  [
    JSON.stringify({ ...recordOf(), dueNs: "1" }),
    "it cannot be used: dueNs is not what it should be",
  ],
];

for (const [line, message] of BAD_LINES) {
  Deno.test(`the line ${line.slice(0, 20)} cannot be used: ${message}`, () => {
    assertThrows(() => parseEntry(line), JournalLineError, message);
  });
}

Deno.test("a record's line is cut out of its message, and put into one again", () => {
  const text = JSON.stringify({ type: "record", record: recordOf() });
  assertEquals(recordLine(text), JSON.stringify(recordOf()));
  assertEquals(messageText(recordLine(text)), text);
});

Deno.test("a message that is written in another way is not cut", () => {
  assertEquals(isPlainRecordText(JSON.stringify({ type: "record", record: recordOf() })), true);
  assertEquals(isPlainRecordText(JSON.stringify({ record: recordOf(), type: "record" })), false);
  assertEquals(isPlainRecordText('{"type":"record","record":{\n}}'), false);
});

Deno.test("what concerns nobody else is not passed on, events are as they are", () => {
  assertEquals(messageText(headerLine(runConfigOf())), null);
  assertEquals(messageText(JSON.stringify(closingOf(1))), null);
  const event = JSON.stringify(messageExamples.phase_complete);
  assertEquals(messageText(event), event);
});
