import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { DatasetFormat } from "../../../../common/model/dataset_format.ts";
import { LineReader } from "../../../../services/dataset_manager/file/line_reader.ts";
import { FieldError } from "../../../../services/dataset_manager/formats/fields.ts";
import type {
  FormatSettings,
  LineContent,
} from "../../../../services/dataset_manager/formats/format.ts";
import type { BadLine } from "./bad_lines.ts";
import { SETTINGS } from "./settings.ts";

const encoder = new TextEncoder();

function readAll(
  lines: string,
  format: DatasetFormat | null = null,
  change: Partial<FormatSettings> = {},
): (LineContent | null)[] {
  const reader = new LineReader(format, { ...SETTINGS, ...change });
  return lines.split("\n").map((line) => reader.read(encoder.encode(line)));
}

function turn(change: Partial<Turn>, texts: string[] = []): Turn {
  return plainTurn(texts, change);
}

const HASHED = '{"timestamp":5,"input_length":600,"output_length":52,"hash_ids":[46,47]}';
const BODY = '{"messages": [{"role":"user","content":"é \\"]}, {"}], "max_tokens": 1e2}';

/** A line, the format that it is taken for, and what it says. */
const GOOD: readonly (readonly [string, DatasetFormat, LineContent])[] = [
  [HASHED, "mooncake_trace", {
    id: null,
    opening: [],
    turns: [turn({ timestampMs: 5, outputTokens: 52 })],
    prompts: [{ inputTokens: 600, blocks: [46, 47], blockSize: 512 }],
  }],
  ['{"input_length":3,"hash_ids":[],"session_id":7,"delay":20}', "mooncake_trace", {
    id: "7",
    opening: [],
    turns: [turn({ delayMs: 20 })],
    prompts: [{ inputTokens: 3, blocks: null, blockSize: 512 }],
    link: { joins: "7", knownAs: "7" },
  }],
  ['{"text_input":"hi","timestamp":1,"extra":{"nvext":{"a":1}},"model":"m"}', "mooncake_trace", {
    id: null,
    opening: [],
    turns: [turn({ timestampMs: 1, extra: { nvext: { a: 1 } }, model: "m" }, ["hi"])],
  }],
  [
    '{"messages":[{"role":"user","content":"q"}],"tools":[{"a":1}],"timestamp":2}',
    "mooncake_trace",
    {
      id: null,
      opening: [],
      turns: [turn({
        timestampMs: 2,
        messages: [{ role: "user", content: "q" }],
        extra: { tools: [{ a: 1 }] },
        isStandalone: true,
      })],
    },
  ],
  ['{"messages":[{"role":"user"}],"message_mode":"delta","session_id":"s"}', "mooncake_trace", {
    id: "s",
    opening: [],
    turns: [turn({ messages: [{ role: "user" }] })],
    link: { joins: "s", knownAs: "s" },
  }],
  [`{"payload": ${BODY} ,"timestamp":3}`, "mooncake_trace", {
    id: null,
    opening: [],
    turns: [turn({ body: BODY, isStandalone: true, timestampMs: 3, outputTokens: 100 })],
  }],
  [` ${BODY}\r`, "raw_payload", {
    id: null,
    opening: [],
    turns: [turn({ body: BODY, isStandalone: true, outputTokens: 100 })],
  }],
  ['{"messages":[],"max_tokens":0,"max_output_tokens":1}', "raw_payload", {
    id: null,
    opening: [],
    turns: [turn({
      body: '{"messages":[],"max_tokens":0,"max_output_tokens":1}',
      isStandalone: true,
      outputTokens: 1,
    })],
  }],
  [`{"session_id":"s1","payloads":[${BODY}, {"a":[1,{}]}]}`, "inputs_json", {
    id: "s1",
    opening: [],
    turns: [
      turn({ body: BODY, isStandalone: true, outputTokens: 100 }),
      turn({ body: '{"a":[1,{}]}', isStandalone: true }),
    ],
  }],
  [
    '{"chat_id":160,"parent_chat_id":159,"timestamp":61.1147,"input_length":33,' +
    '"output_length":8,"type":"text","turn":2,"hash_ids":[1,2,3]}',
    "bailian_trace",
    {
      id: "160",
      opening: [],
      turns: [turn({ isStandalone: true, timestampMs: 61114.7, outputTokens: 8 })],
      prompts: [{ inputTokens: 33, blocks: [1, 2, 3], blockSize: 16 }],
      link: { joins: "159", knownAs: "160" },
    },
  ],
  ['{"chat_id":1,"parent_chat_id":-1,"timestamp":0,"input_length":9}', "bailian_trace", {
    id: "1",
    opening: [],
    turns: [turn({ isStandalone: true, timestampMs: 0 })],
    prompts: [{ inputTokens: 9, blocks: null, blockSize: 16 }],
    link: { joins: "1", knownAs: "1" },
  }],
];

for (const [line, format, content] of GOOD) {
  Deno.test(`${format} takes ${line.trim()}`, () => {
    assertEquals(readAll(line), [content]);
    assertEquals(readAll(line, format), [content]);
  });
}

/** A table, its format, and of each row its time, input and output; null: it is left out. */
const TABLES: readonly (readonly [string, DatasetFormat, (number[] | null)[]])[] = [
  [
    "Timestamp,Model,Request tokens,Response tokens,Total tokens,Log Type\r\n" +
    "5,ChatGPT,472,18,490,Conversation log\r\n" +
    '45.5,"GPT-4, new",1087,230.0,1317,API log\r\n' +
    "118,GPT-4,417,0,417,Conversation log",
    "burst_gpt_trace",
    [null, [5_000, 472, 18], [45_500, 1_087, 230], null],
  ],
  [
    "TIMESTAMP,ContextTokens,GeneratedTokens\n" +
    "2023-11-16 18:17:03.9799600,4808,10\n" +
    "2023-11-16 18:17:04.0319569,3180,8\n" +
    "2023-11-17 18:17:03.9799600,110,27",
    "azure_trace",
    [null, [0, 4_808, 10], [51.997, 3_180, 8], [86_400_000, 110, 27]],
  ],
  [
    "TIMESTAMP,ContextTokens,GeneratedTokens\n2024-05-10 00:00:00.009930+00:00,2162,5\n" +
    "2024-05-10 02:00:01+02:00,9,6",
    "azure_trace",
    [null, [0, 2_162, 5], [990.07, 9, 6]],
  ],
];

for (const [table, format, rows] of TABLES) {
  Deno.test(`${format} takes the rows of ${JSON.stringify(table.slice(0, 60))}`, () => {
    for (const name of [null, format]) {
      const read = readAll(table, name).map((content) =>
        content && [
          content.turns[0]!.timestampMs,
          content.prompts![0]!.inputTokens,
          content.turns[0]!.outputTokens,
        ]
      );
      assertEquals(read, rows);
    }
  });
}

const BAD: readonly (readonly [DatasetFormat, ...BadLine])[] = [
  ["mooncake_trace", "{}", "input_length: is missing, and so are text_input, messages and payload"],
  [
    "mooncake_trace",
    '{"input_length":0}',
    "input_length: must be a whole number of at least 1, got 0",
  ],
  [
    "mooncake_trace",
    '{"input_length":9,"output_length":0}',
    "output_length: must be a whole number of at least 1, got 0",
  ],
  [
    "mooncake_trace",
    '{"input_length":1025,"hash_ids":[1,2]}',
    "hash_ids: are 2 blocks of 512 tokens (--isl-block-size), which hold 513 to 1024 tokens, " +
    "and input_length is 1025",
  ],
  [
    "mooncake_trace",
    '{"input_length":512,"hash_ids":[1,2]}',
    "hash_ids: are 2 blocks of 512 tokens (--isl-block-size), which hold 513 to 1024 tokens, " +
    "and input_length is 512",
  ],
  [
    "mooncake_trace",
    '{"input_length":5,"hash_ids":7}',
    "hash_ids: must be a list of numbers, got 7",
  ],
  [
    "mooncake_trace",
    '{"input_length":5,"hash_ids":[1.5]}',
    "hash_ids[0]: must be a whole number or a text, got 1.5",
  ],
  [
    "mooncake_trace",
    '{"input_length":5,"text_input":"a"}',
    "text_input: must not be given beside input_length",
  ],
  [
    "mooncake_trace",
    '{"text_input":"a","hash_ids":[1]}',
    "hash_ids: means nothing beside text_input",
  ],
  ["mooncake_trace", '{"text_input":"a","tools":[{}]}', "tools: means nothing beside text_input"],
  ["mooncake_trace", '{"messages":[]}', "messages: must be a list of objects, got an empty list"],
  ["mooncake_trace", '{"messages":["a"]}', 'messages[0]: must be an object, got "a"'],
  [
    "mooncake_trace",
    '{"messages":[{}],"message_mode":"all"}',
    'message_mode: must be "history" or "delta", got "all"',
  ],
  [
    "mooncake_trace",
    '{"messages":[{}],"extra":{"messages":[]}}',
    "extra.messages: would take the place of messages",
  ],
  ["mooncake_trace", '{"payload":[]}', "payload: must be an object, got an empty list"],
  [
    "mooncake_trace",
    '{"payload":{"stream":true}}',
    "payload.stream: is true, and --streaming is not given",
  ],
  [
    "mooncake_trace",
    '{"payload":{},"extra":{"a":1}}',
    "extra: has no effect on a body that is sent as it is",
  ],
  ["raw_payload", '{"messages":[],"stream":true}', "stream: is true, and --streaming is not given"],
  ["inputs_json", '{"session_id":"a"}', "payloads: is missing"],
  ["inputs_json", '{"payloads":[]}', "payloads: must be a list of bodies, got an empty list"],
  ["inputs_json", '{"payloads":[7]}', "payloads[0]: must be an object, got 7"],
  [
    "inputs_json",
    '{"payloads":[{"content_type":"a/b","base64":"aa"}]}',
    "payloads[0]: is no JSON body, and cannot be sent again",
  ],
  ["bailian_trace", '{"timestamp":1,"input_length":5}', "chat_id: is missing"],
  ["bailian_trace", '{"chat_id":1,"input_length":5}', "timestamp: is missing"],
  ["bailian_trace", '{"chat_id":1,"timestamp":1}', "input_length: is missing"],
  [
    "burst_gpt_trace",
    "Timestamp,Model,Request tokens",
    "Response tokens: is not among the columns that the first line names",
  ],
];

for (const [format, line, message] of BAD) {
  Deno.test(`${format} refuses ${line}`, () => {
    assertEquals(assertThrows(() => readAll(line, format), FieldError).message, message);
  });
}

const HEADER = "TIMESTAMP,ContextTokens,GeneratedTokens\n";
const BAD_ROWS: readonly BadLine[] = [
  ["soon,1,1", 'TIMESTAMP: must be seconds or a date with a time, got "soon"'],
  ["1,-1,1", 'ContextTokens: must be a whole number of at least 0, got "-1"'],
  ["1,1", 'GeneratedTokens: must be a whole number of at least 0, got ""'],
  ["1,1,1,1", "has 4 fields, and there are 3 columns"],
  ['1,"1,1', "has a quoted field that does not end"],
  ['1,"1"1,1', "has text behind a quoted field"],
];

for (const [row, message] of BAD_ROWS) {
  Deno.test(`a table refuses the row ${row}`, () => {
    assertEquals(assertThrows(() => readAll(HEADER + row), FieldError).message, message);
  });
}

Deno.test("the length of blocks can be said, and is 16 in a Bailian trace", () => {
  const [content] = readAll(HASHED, null, { blockSize: 300 });
  assertEquals(content!.prompts, [{ inputTokens: 600, blocks: [46, 47], blockSize: 300 }]);
});

Deno.test("rows that hold all that was said are sent as they are, when that is said", () => {
  const standalone = (line: string, history: FormatSettings["history"]) =>
    readAll(line, "mooncake_trace", { history })[0]!.turns[0]!.isStandalone;
  for (const line of [HASHED, '{"text_input":"a"}']) {
    assertEquals(
      [null, "delta", "cumulative"].map((one) =>
        standalone(line, one as FormatSettings["history"])
      ),
      [false, false, true],
    );
  }
  // Messages are whole unless something else is said.
  assertEquals(standalone('{"messages":[{}]}', null), true);
  assertEquals(standalone('{"messages":[{}]}', "delta"), false);
  assertEquals(standalone('{"messages":[{}],"message_mode":"history"}', "delta"), true);
});

Deno.test("whatever a table holds, a row is a request, nothing, or refused in words", () => {
  const cell = fc.oneof(fc.string(), fc.double().map(String), fc.nat().map(String));
  const row = fc.array(cell, { maxLength: 5 }).map((cells) => cells.join(","));
  const names = fc.constantFrom<DatasetFormat>("burst_gpt_trace", "azure_trace");
  const headers = { "burst_gpt_trace": "Timestamp,Request tokens,Response tokens\n" };
  fc.assert(fc.property(names, row, (format, text) => {
    const header = format === "azure_trace" ? HEADER : headers["burst_gpt_trace"];
    try {
      const [, content] = readAll(header + text.replaceAll("\n", " "), format);
      if (content) assertEquals(content.prompts![0]!.inputTokens >= 1, true);
    } catch (error) {
      if (!(error instanceof FieldError)) throw error;
    }
  }));
});
