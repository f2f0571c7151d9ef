import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import * as z from "zod/mini";
import { sequenceDistribution } from "../../../common/config/sequence_distribution.ts";
import type { LengthPair } from "../../../common/model/synthetic_plan.ts";
import { optionsFor, problemsOf } from "../../helpers/command_line.ts";

const TYPE = sequenceDistribution();

function read(given: unknown): readonly LengthPair[] {
  return z.parse(TYPE.schema(z), given);
}

function pair(isl: [number, number], osl: [number, number], percent: number): LengthPair {
  return {
    isl: { mean: isl[0], stddev: isl[1] },
    osl: { mean: osl[0], stddev: osl[1] },
    percent,
  };
}

const TWO = [pair([256, 0], [128, 0], 60), pair([512, 50], [256, 20], 40)];

Deno.test("all notations say the same", () => {
  const same = [
    "256,128:60;512|50,256|20:40",
    " 256 , 128 : 60 ; 512 | 50 , 256 | 20 : 40 ; ",
    "(256,128):60;(512|50,256|20):40",
    "[(256,128):60,(512|50,256|20):40]",
    "[ ( 256 , 128 ) : 60 , (512|50,256|20):40 ]",
    "[(256,128):60;(512|50,256|20):40]",
    '{"pairs":[{"isl":256,"osl":128,"prob":60},' +
    '{"isl":512,"isl_stddev":50,"osl":256,"osl_stddev":20,"prob":40}]}',
    {
      pairs: [
        { isl: 256, isl_stddev: 0, osl: 128, osl_stddev: 0, prob: 60 },
        { isl: 512, isl_stddev: 50, osl: 256, osl_stddev: 20, prob: 40 },
      ],
    },
  ];
  for (const given of same) assertEquals(read(given), TWO, JSON.stringify(given));
});

Deno.test("what the exports show can be given again", () => {
  const length = fc.tuple(fc.integer({ min: 1, max: 1e6 }), fc.nat(1_000));
  fc.assert(
    fc.property(fc.array(fc.tuple(length, length), { minLength: 1, maxLength: 8 }), (lengths) => {
      const pairs = lengths.map(([isl, osl]) => pair(isl, osl, 100 / lengths.length));
      assertEquals(read(TYPE.toPlain(pairs)), pairs);
    }),
  );
});

Deno.test("no text makes the reader fail in any other way than by a message", () => {
  const piece = fc.constantFrom(...'0123456789.,;:|()[]{} -"', '"pairs"', '"isl":5', "256,128:50;");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
      const result = z.safeParse(TYPE.schema(z), pieces.join(""));
      if (!result.success) assert(result.error.issues.every(({ code }) => code === "custom"));
    }),
    { numRuns: 2_000 },
  );
});

const ALLOWED = 'ISL,OSL:percent pairs such as "256,128:60;512|50,256|20:40"';

/** A command line and every line that it is answered with. */
const BAD: readonly (readonly [readonly string[], ...string[]])[] = [
  [["--seq-dist", "256,128"], `--seq-dist: must be ${ALLOWED}, got "256,128"`],
  [["--seq-dist", ""], `--seq-dist: must be ${ALLOWED}, got ""`],
  [
    ["--sequence-distribution", "256,128:60;-5,1:40;x"],
    `--sequence-distribution: must be ${ALLOWED}, got "-5,1:40"`,
    `--sequence-distribution: must be ${ALLOWED}, got "x"`,
  ],
  [["--seq-dist", "(256,128:100"], `--seq-dist: must be ${ALLOWED}, got "(256,128:100"`],
  [
    ["--seq-dist", "256,128:60;512,256:30"],
    "--seq-dist: must have percentages that add up to 100, got 90",
  ],
  [["--seq-dist", "0,128:100"], "--seq-dist: must have lengths of at least 1, got 0"],
  [["--seq-dist", "{pairs"], '--seq-dist: is not valid JSON, got "{pairs"'],
  [
    ["--seq-dist", '{"pairs":[{"isl":"a","osl":1,"prob":100}]}'],
    '--seq-dist: must be JSON like {"pairs":[{"isl":256,"isl_stddev":0,"osl":128,' +
    '"osl_stddev":0,"prob":100}]}, got "{\\"isl\\":\\"a\\",\\"osl\\":1,\\"prob\\":100}"',
  ],
  [
    "--seq-dist 9,9:100 --isl 5 --isl-stddev 1 --osl 4".split(" "),
    "--isl: contradicts --seq-dist, which says all lengths",
    "--isl-stddev: contradicts --seq-dist, which says all lengths",
    "--osl: contradicts --seq-dist, which says all lengths",
  ],
  [
    "--seq-dist 9,9:100 --input-file a.jsonl".split(" "),
    "--seq-dist: has no effect with --input-file",
  ],
];

for (const [args, ...lines] of BAD) {
  Deno.test(`${args.join(" ").slice(0, 70)} is refused`, async () => {
    assertEquals(await problemsOf(args, { files: { "a.jsonl": '{"text":"x"}\n' } }), lines);
  });
}

Deno.test("percentages that were rounded are close enough to 100", async () => {
  const { values } = await optionsFor(["--seq-dist", "1,1:33.33;2,2:33.33;3,3:33.33"]);
  assertEquals(values.seqDist!.map(({ percent }) => percent), [33.33, 33.33, 33.33]);
});
