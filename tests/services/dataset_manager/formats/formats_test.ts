import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import { DATASET_FORMATS } from "../../../../common/model/dataset_format.ts";
import { LineReader } from "../../../../services/dataset_manager/file/line_reader.ts";
import { FieldError } from "../../../../services/dataset_manager/formats/fields.ts";
import type { LineContent } from "../../../../services/dataset_manager/formats/format.ts";
import { formatNamed } from "../../../../services/dataset_manager/formats/registry.ts";
import { SETTINGS } from "./settings.ts";
import { BAD_JSON, BAD_TURNS, type BadLine } from "./bad_lines.ts";

const encoder = new TextEncoder();

function read(line: string, format: typeof DATASET_FORMATS[number] | null): LineContent | null {
  return new LineReader(format, SETTINGS).read(encoder.encode(line));
}

function turnOf(text: string, change: Partial<Turn> = {}): Turn {
  return plainTurn([text], change);
}

function conversation(...turns: Turn[]): LineContent {
  return { id: null, opening: [], turns };
}

const GOOD_SINGLE: readonly [string, LineContent][] = [
  ['{"text":"hi"}', conversation(turnOf("hi"))],
  ['{"texts":["a","b"]}', conversation(turnOf("", { texts: ["a", "b"] }))],
  [
    '{"texts":[{"name":"q","contents":["a","b"]},"c"]}',
    conversation(turnOf("", { texts: ["a", "b", "c"] })),
  ],
  ['{"text":"a","timestamp":12.5}', conversation(turnOf("a", { timestampMs: 12.5 }))],
  ['{"text":"a","delay":0,"timestamp":null}', conversation(turnOf("a", { delayMs: 0 }))],
  [
    ' {"id":7,"text":"é\\n\\u0000🚀","role":"tool","output_length":3,"images":[]}\r',
    conversation(turnOf("é\n\0🚀", { role: "tool", outputTokens: 3 })),
  ],
];

for (const [line, content] of GOOD_SINGLE) {
  Deno.test(`single_turn takes ${line.trim()}`, () => {
    assertEquals(read(line, "single_turn"), content);
    assertEquals(read(line, null), content);
  });
}

const GOOD_MULTI: readonly [string, LineContent][] = [
  ['{"turns":[{"text":"a"}]}', conversation(turnOf("a"))],
  [
    '{"session_id":"s1","turns":[{"text":"a"},{"text":"b","delay":500},{"texts":["c"]}]}',
    { id: "s1", opening: [], turns: [turnOf("a"), turnOf("b", { delayMs: 500 }), turnOf("c")] },
  ],
  ['{"session_id":12,"turns":[{"text":"a"}]}', { ...conversation(turnOf("a")), id: "12" }],
  [
    '{"turns":[{"role":"system","text":"be brief"},{"role":"developer","text":"d"},{"text":"a"}]}',
    {
      ...conversation(turnOf("a")),
      opening: [turnOf("be brief", { role: "system" }), turnOf("d", { role: "developer" })],
    },
  ],
  [
    '{"turns":[{"text":"a","timestamp":5},{"text":"b","delay":1},{"text":"c","timestamp":5}]}',
    conversation(
      turnOf("a", { timestampMs: 5 }),
      turnOf("b", { delayMs: 1 }),
      turnOf("c", { timestampMs: 5 }),
    ),
  ],
];

for (const [line, content] of GOOD_MULTI) {
  Deno.test(`multi_turn takes ${line}`, () => {
    assertEquals(read(line, "multi_turn"), content);
    assertEquals(read(line, null), content);
  });
}

Deno.test("a line of white space is none", () => {
  for (const line of ["", " \t\r"]) assertEquals(read(line, null), null);
});

const NO_ANSWERS = "turns[1].role: must not be assistant: the answers are the server's own, " +
  "or the `answer` of a turn";

const BAD_MULTI: readonly BadLine[] = [
  ['{"text":"a"}', "turns: is missing"],
  ['{"turns":[]}', "turns: must be a list of turns, got an empty list"],
  ['{"turns":{"text":"a"}}', "turns: must be a list of turns, got an object"],
  ['{"turns":["a"]}', 'turns[0]: must be an object, got "a"'],
  ['{"turns":[{"role":"system","text":"a"}]}', "turns: must hold more than system prompts"],
  ['{"turns":[{"text":"a"},{"role":"assistant","text":"b"}]}', NO_ANSWERS],
  [
    '{"turns":[{"role":"system","text":"a","delay":5},{"text":"b"}]}',
    "turns[0].delay: means nothing for a system prompt",
  ],
  [
    '{"turns":[{"text":"a"},{"text":"b","timestamp":3}]}',
    "turns[1].timestamp: needs one on the first turn, too",
  ],
  [
    '{"turns":[{"text":"a","timestamp":4},{"text":"b"},{"text":"c","timestamp":3}]}',
    "turns[2].timestamp: must not be before that of a turn before it (4)",
  ],
  [
    '{"session_id":"","turns":[{"text":"a"}]}',
    'session_id: must be a text that is not empty, got ""',
  ],
  [
    '{"session_id":{},"turns":[{"text":"a"}]}',
    "session_id: must be a text that is not empty, got an object",
  ],
];

const IN_TURNS: readonly BadLine[] = BAD_TURNS.map(([turn, message]) => [
  `{"turns":[{"text":"first"},${turn}]}`,
  `turns[1].${message}`,
]);

const BAD_CASES = [
  ...[...BAD_JSON, ...BAD_TURNS].map((bad) => ["single_turn", ...bad] as const),
  ...[...BAD_JSON, ...BAD_MULTI, ...IN_TURNS].map((bad) => ["multi_turn", ...bad] as const),
];

for (const [format, line, message] of BAD_CASES) {
  Deno.test(`${format} refuses ${line}`, () => {
    assertEquals(assertThrows(() => read(line, format), FieldError).message, message);
  });
}

Deno.test("a first line that could be anything is refused with its fields", () => {
  const error = assertThrows(() => read('{"prompt":"a","answer":"b"}', null), FieldError);
  assertEquals(
    error.message,
    'does not say what format it is of (its fields are "prompt", "answer"); ' +
      "use --custom-dataset-type",
  );
});

Deno.test("a first line that names no columns of a table is read as JSON, and refused if it is none", () => {
  for (const line of ["[1,2]", "when,how_many", '"text"']) {
    assertThrows(() => read(line, null), FieldError, "", line);
  }
});

Deno.test("bytes that are not UTF-8 are refused", () => {
  const bytes = Uint8Array.from([...encoder.encode('{"text":"a'), 0xff, 0x22, 0x7d]);
  assertThrows(() => new LineReader(null, SETTINGS).read(bytes), FieldError, "is not valid UTF-8");
});

/** Every field that some format knows. */
const FIELDS = (
  "text texts turns session_id role delay timestamp output_length contents images audio video " +
  "passages extra model input_length hash_ids text_input messages message_mode tools payload " +
  "chat_id parent_chat_id payloads stream max_tokens"
).split(" ");

Deno.test("every name has its format", () => {
  assertEquals(DATASET_FORMATS.map((name) => formatNamed(name).name), DATASET_FORMATS);
});

/** JSON that has the formats' field names more often than by chance. */
const anyLine = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.nat(5_000),
    tie("object"),
  ),
  object: fc.dictionary(
    fc.oneof(
      fc.string(),
      fc.constantFrom(
        ...FIELDS,
      ),
    ),
    tie("value"),
    { maxKeys: 5 },
  ),
})).object;

/** A turn without anything to say would be a request for nothing. */
function assertSays({ texts, media, messages, body, passages }: Turn, isMadeUp: boolean): void {
  const says = isMadeUp || texts.length > 0 || (media ?? messages ?? body ?? passages) !== null;
  assertEquals(says, true);
}

Deno.test("whatever a line holds, it is a conversation or is refused in words", () => {
  const line = fc.oneof(
    anyLine.map((object) => JSON.stringify(object)),
    fc.string({ unit: "binary" }),
    fc.json(),
  );
  fc.assert(
    fc.property(line, fc.constantFrom(null, ...DATASET_FORMATS), (text, format) => {
      try {
        const content = read(text, format);
        if (content === null) return;
        assertEquals(content.turns.length > 0, true);
        for (const turn of content.turns) assertSays(turn, content.prompts !== undefined);
      } catch (error) {
        if (!(error instanceof FieldError)) throw error;
        assertEquals(/[\r\n]/.test(error.reason), false, error.message);
      }
    }),
    { numRuns: 2_000 },
  );
});
