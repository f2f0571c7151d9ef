import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import {
  fitFields,
  type ProgressFields,
} from "../../../../services/system_controller/ui/fit_fields.ts";

const countArb = fc.oneof(fc.nat(9), fc.nat(9_999), fc.nat(9_999_999));
const secondsArb = fc.constantFrom("0 s", "42 s", "3:07", "1:02:03");

const fieldsArb: fc.Arbitrary<ProgressFields> = fc.record({
  name: fc.constantFrom("", "run 2 of 5", "run 12 of 50"),
  phase: fc.constantFrom("warmup", "profiling"),
  doneShare: fc.option(fc.double({ min: 0, max: 1, noNaN: true })),
  count: fc.tuple(countArb, countArb).map(([done, all]) => `${done}/${all} requests`),
  errors: fc.option(countArb.map((n) => `${n} errors`), { nil: "" }),
  rate: countArb.map((n) => `${n}.5 req/s`),
  running: countArb.map((n) => `${n} running`),
  elapsed: secondsArb.map((text) => `${text} elapsed`),
  left: fc.option(secondsArb.map((text) => `${text} left`), { nil: "" }),
});

const widthArb = fc.integer({ min: 40, max: 140 });

const BAR = /^\[(█*)(░*)\]$/;

/** The fields of a line, found again without knowing how they were chosen; and how long the bar is. */
function read(line: string): { parts: string[]; cells: number | null } {
  let cells: number | null = null;
  const parts = line.split(" · ").flatMap((part) => {
    const bar = part.match(/\[.*\]/)?.[0];
    if (bar === undefined) return [part];
    assert(BAR.test(bar), `"${bar}" is no whole bar`);
    cells = bar.length - 2;
    return part.split(` ${bar} `).flatMap((rest) => rest.split(bar)).map((rest) => rest.trim());
  });
  return { parts: parts.flatMap(splitHead).filter((part) => part !== ""), cells };
}

/** Without a bar the phase and the count stand side by side. */
function splitHead(part: string): string[] {
  const [, phase, count] = part.match(/^(warmup|profiling) (\d+\/\d+ requests)$/) ?? [];
  return phase && count ? [phase, count] : [part];
}

function texts({ doneShare: _, ...fields }: ProgressFields): string[] {
  return Object.values(fields).filter((text) => text !== "");
}

Deno.test("a line on progress is never longer than there is room, and no field of it is cut", () => {
  fc.assert(fc.property(fieldsArb, fc.integer({ min: 0, max: 200 }), (fields, width) => {
    const line = fitFields(fields, width);
    assert(line.length <= width);
    if (line === "") return;
    const { parts, cells } = read(line);
    for (const part of parts) assert(texts(fields).includes(part), `"${part}" in "${line}"`);
    if (cells !== null) assert(cells >= 8 && cells <= 20);
  }));
});

Deno.test("from 40 columns on errors and the time left are always shown", () => {
  fc.assert(fc.property(fieldsArb, widthArb, (fields, width) => {
    const { parts } = read(fitFields(fields, width));
    for (const text of [fields.errors, fields.left]) {
      if (text !== "") assert(parts.includes(text), `"${text}" at ${width}`);
    }
  }));
});

Deno.test("in ever less room errors are left out last, and the time left before them", () => {
  fc.assert(fc.property(fieldsArb, fc.integer({ min: 0, max: 140 }), (fields, width) => {
    const { errors, left } = fields;
    const { parts } = read(fitFields(fields, width));
    if (parts.length === 0) return;
    if (errors !== "") assertEquals(parts.includes(errors), true);
    if (left !== "" && parts.some((part) => part !== errors)) assert(parts.includes(left));
  }));
});

Deno.test("a line leaves out no more than it must, the least important first", () => {
  const order = ["elapsed", "running", "rate", "name", "count", "phase", "left", "errors"] as const;
  fc.assert(fc.property(fieldsArb, widthArb, (fields, width) => {
    const { parts } = read(fitFields(fields, width));
    const shown = order.filter((key) => fields[key] !== "" && parts.includes(fields[key]));
    const there = order.filter((key) => fields[key] !== "");
    assertEquals(shown, there.slice(there.length - shown.length));
    const wider = read(fitFields(fields, width + 1)).parts;
    assert(wider.length >= parts.length);
  }));
});

Deno.test("the bar shrinks before a field is left out, and has what room that makes", () => {
  const fields: ProgressFields = {
    ...{ name: "", phase: "profiling", doneShare: 0.5, count: "50/100 requests", errors: "" },
    ...{ rate: "2.5 req/s", running: "8 running", elapsed: "20 s elapsed", left: "20 s left" },
  };
  const rest = " 50/100 requests · 2.5 req/s · 8 running";
  const table: readonly [number, string][] = [
    [140, `profiling [██████████░░░░░░░░░░]${rest} · 20 s elapsed · 20 s left`],
    [90, `profiling [██████░░░░░]${rest} · 20 s elapsed · 20 s left`],
    [87, `profiling [████░░░░]${rest} · 20 s elapsed · 20 s left`],
    [86, `profiling [██████████░░░░░░░░░░]${rest} · 20 s left`],
  ];
  for (const [width, line] of table) assertEquals(fitFields(fields, width), line);
});
