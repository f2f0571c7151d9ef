import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as z from "zod/mini";
import { type Message, messageSchema } from "../../../common/comms/messages.ts";
import { quickCheck } from "../../../common/comms/quick_check.ts";
import { commandExamples, messageExamples } from "../../helpers/messages.ts";

const isMessage = quickCheck(messageSchema);

const examples: Message[] = [
  ...Object.values(messageExamples),
  ...commandExamples.map((command): Message => ({ type: "command", id: 1, command })),
];

function overTheWire(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

Deno.test("every message that is sent is known at once", () => {
  for (const example of examples) assert(isMessage(overTheWire(example)), example.type);
});

/** Changes one thing somewhere inside a value: a leaf, a missing field or one too many. */
function mutate(value: unknown, path: readonly number[], change: unknown): unknown {
  if (typeof value !== "object" || value === null) return change;
  const [at = 0, ...deeper] = path;
  const keys = Object.keys(value);
  const copy = (Array.isArray(value) ? [...value] : { ...value }) as Record<string, unknown>;
  const key = keys[at % (keys.length + 2)];
  const other = keys[path.length % Math.max(1, keys.length)];
  if (key !== undefined) copy[key] = mutate(copy[key], deeper, change);
  else if (at % 2 === 0) copy["extra"] = change;
  else if (other !== undefined) delete copy[other];
  return copy;
}

Deno.test("what the quick check accepts, the schema accepts and leaves as it is", () => {
  const paths = fc.array(fc.nat(40), { maxLength: 6 });
  const mutants = fc.tuple(fc.constantFrom(...examples), paths, fc.jsonValue())
    .map(([example, path, change]) => overTheWire(mutate(example, path, change)));
  let accepted = 0;
  fc.assert(
    fc.property(mutants, (mutant) => {
      const result = messageSchema.safeParse(mutant);
      if (isMessage(mutant)) {
        accepted++;
        assert(result.success);
        assertEquals(result.data, mutant);
      }
    }),
    { numRuns: 3_000 },
  );
  assert(accepted > 20, `${accepted} of the mutants were accepted: the test proves nothing`);
});

const AGREED: [string, z.core.$ZodType, unknown[], unknown[]][] = [
  ["a string", z.string(), ["", "a"], [1, null, undefined]],
  ["a number", z.number(), [0, -1.5, 1e300], [NaN, Infinity, "1", null]],
  ["a whole number", z.int(), [0, -3, 2 ** 53 - 1], [0.5, 2 ** 53, NaN, "1"]],
  ["yes or no", z.boolean(), [true, false], [0, null]],
  ["a word", z.literal("a"), ["a"], ["b", null]],
  ["one of some words", z.enum(["a", "b"]), ["a", "b"], ["c", 0]],
  ["perhaps nothing", z.nullable(z.int()), [null, 1], [undefined, "1"]],
  ["what has a default", z._default(z.int(), 7), [1], ["1", null]],
  ["a list", z.array(z.int()), [[], [1, 2]], [{}, [1, "2"], null]],
  ["a table", z.record(z.string(), z.int()), [{}, { a: 1 }], [[], { a: "1" }, null]],
  ["a thing", z.object({ a: z.int() }), [{ a: 1 }], [{}, { a: "1" }, { b: 1 }, [], null]],
  ["anything in a thing", z.object({ a: z.unknown() }), [{ a: null }, { a: [1] }], [{}]],
];

for (const [name, schema, good, bad] of AGREED) {
  Deno.test(`the quick check and the schema agree on ${name}`, () => {
    const check = quickCheck(schema);
    const agrees = (value: unknown) => z.core.safeParse(schema, value).success;
    assertEquals(good.map(check), good.map(() => true));
    assertEquals(good.map(agrees), good.map(() => true));
    assertEquals(bad.map(check), bad.map(() => false));
  });
}

Deno.test("what the quick check does not know it leaves to the schema", () => {
  assertEquals(quickCheck(z.string().check(z.minLength(3)))("abcd"), false);
  assertEquals(quickCheck(z.int().check(z.gte(3)))(4), false);
  assertEquals(quickCheck(z.object({ a: z._default(z.int(), 7) }))({}), false);
  assertEquals(quickCheck(z.optional(z.string()))(undefined), false);
  assertEquals(quickCheck(z.union([z.string(), z.int()]))("a"), false);
  assertEquals(quickCheck(z.looseObject({ a: z.int() }))({ a: 1 }), false);
  assertEquals(quickCheck(z.partialRecord(z.enum(["a"]), z.int()))({ a: 1 }), false);
  assertEquals(quickCheck(z.object({ a: z.int() }))({ a: 1, b: 2 }), false);
  assertEquals(quickCheck(z.tuple([z.int()]))([1]), false);
});

Deno.test("a field that may be absent is checked where it is there", () => {
  const check = quickCheck(z.object({ a: z.int(), b: z.optional(z.string()) }));
  const cases: [unknown, boolean][] = [
    [{ a: 1 }, true],
    [{ a: 1, b: "x" }, true],
    [{ a: 1, b: 2 }, false],
    [{ b: "x" }, false],
    [{ a: 1, c: "x" }, false],
  ];
  for (const [value, isKnown] of cases) assertEquals(check(value), isKnown, JSON.stringify(value));
});
