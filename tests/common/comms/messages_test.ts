import { assert, assertEquals, assertThrows } from "@std/assert";
import { BadMessageError } from "../../../common/comms/bad_message.ts";
import {
  type Message,
  MESSAGE_TYPES,
  type MessageOf,
  type MessageType,
  parseMessage,
} from "../../../common/comms/messages.ts";
import { RUN_EVENT_TYPES } from "../../../common/model/run_event_types.ts";
import { commandExamples, messageExamples } from "../../helpers/messages.ts";

function overTheWire(message: Message): unknown {
  return JSON.parse(JSON.stringify(message));
}

for (const type of MESSAGE_TYPES) {
  Deno.test(`a message "${type}" comes through as it was sent`, () => {
    const message = messageExamples[type];
    assertEquals(parseMessage(overTheWire(message)), message);
  });

  Deno.test(`a message "${type}" with a field that is missing is named`, () => {
    const fields = Object.keys(messageExamples[type]).filter((field) => field !== "type");
    for (const field of fields) {
      const { [field]: _gone, ...rest } = overTheWire(messageExamples[type]) as Record<
        string,
        unknown
      >;
      const error = assertThrows(() => parseMessage(rest), BadMessageError);
      assert(error.message.startsWith(`Cannot use the message "${type}": ${field} `));
    }
  });
}

for (const command of commandExamples) {
  Deno.test(`a command "${command.kind}" comes through as it was sent`, () => {
    const message: MessageOf<"command"> = { type: "command", id: 7, command };
    assertEquals(parseMessage(overTheWire(message)), message);
  });
}

Deno.test("fields that nobody knows are dropped", () => {
  assertEquals(parseMessage({ type: "cancel_credits", extra: 1 }), { type: "cancel_credits" });
});

Deno.test("every topic of the bus is a type of message", () => {
  for (const topic of RUN_EVENT_TYPES) assert(MESSAGE_TYPES.includes(topic as MessageType), topic);
});

const BAD: [string, unknown, string][] = [
  ["null", null, "Cannot use a message without a type"],
  ["a number", 4, "Cannot use a message without a type"],
  ["an array", [], "Cannot use a message without a type"],
  ["no type", { kind: "hello" }, "Cannot use a message without a type"],
  ["a type that is no text", { type: 4 }, "Cannot use a message without a type"],
  ["an unknown type", { type: "zap" }, 'Cannot use a message of unknown type "zap"'],
  [
    "an unknown type that is long",
    { type: "z".repeat(41) },
    `Cannot use a message of unknown type "${"z".repeat(40)}"`,
  ],
  [
    "an unknown command",
    { type: "command", id: 1, command: { kind: "zap" } },
    'Cannot use the message "command": command.kind is of an unknown kind',
  ],
  [
    "a number that is none",
    { type: "heartbeat", atNs: 0, rssBytes: NaN, cpuMs: 0, lags: [] },
    'Cannot use the message "heartbeat": rssBytes must be of type number',
  ],
  [
    "a fraction where a whole number must be",
    { type: "records_end", records: 1.5 },
    'Cannot use the message "records_end": records must be of type int',
  ],
  [
    "a word that is not one of those allowed",
    {
      type: "credit_return",
      creditReturn: { creditId: 1, phase: "profiling", outcome: "fine" },
    },
    'Cannot use the message "credit_return": creditReturn.outcome must be one of ' +
    "success, error, cancelled, lost",
  ],
  [
    "a wrong entry of a list",
    { type: "subscribe", topics: ["a", 2] },
    'Cannot use the message "subscribe": topics.1 must be of type string',
  ],
];

for (const [name, raw, expected] of BAD) {
  Deno.test(`a message with ${name} is refused in words that name what is wrong`, () => {
    const error = assertThrows(() => parseMessage(raw), BadMessageError);
    assertEquals(error.message, expected);
    assertEquals(error.raw, raw);
  });
}

Deno.test("what is said of a bad message does not quote its values", () => {
  const message = overTheWire({ type: "command", id: 1, command: commandExamples[0]! }) as {
    command: { secrets: { apiKey: unknown } };
  };
  message.command.secrets.apiKey = ["sk-secret"];
  const error = assertThrows(() => parseMessage(message), BadMessageError);
  assertEquals(
    error.message,
    'Cannot use the message "command": command.secrets.apiKey must be of type string',
  );
});
