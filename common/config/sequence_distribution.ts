import type { LengthPair, Normal } from "../model/synthetic_plan.ts";
import { convertAll, quote, Refusal } from "./problem.ts";
import { converted, type ValueType } from "./value_type.ts";

const ALLOWED = 'ISL,OSL:percent pairs such as "256,128:60;512|50,256|20:40"';

/** So far the percentages may be from 100 because they were rounded, as in 33.33 three times. */
const TOLERANCE_PERCENT = 0.1;

const NUMBER = String.raw`(\d+\.?\d*|\.\d+)`;
const LENGTH = String.raw`${NUMBER}(?:\s*\|\s*${NUMBER})?`;
const PAIR_REGEXP = new RegExp(
  String.raw`^\(?\s*${LENGTH}\s*,\s*${LENGTH}\s*\)?\s*:\s*${NUMBER}$`,
);
/** A pair in parentheses, or up to the next separator. */
const PAIRS_REGEXP = /[\s,;]*(?:\([^()]*\)[^,;]*|[^;]+)/g;

/**
 * Lengths of prompts and answers that go together, in any of three notations:
 * `ISL|stddev,OSL|stddev:percent;…`, `[(ISL,OSL):percent,…]` and
 * `{"pairs":[{"isl":…,"isl_stddev":…,"osl":…,"osl_stddev":…,"prob":…}]}`.
 *
 * The percentages must add up to 100, give or take 0.1.
 */
export function sequenceDistribution(): ValueType<readonly LengthPair[]> {
  return {
    placeholder: "ISL,OSL:PERCENT;…",
    allowed: ALLOWED,
    fromText: (text) => text,
    schema: (z) =>
      converted(
        z,
        z.union([z.string(), z.record(z.string(), z.unknown())]),
        (given) => checked(typeof given === "string" ? readText(given) : fromObject(given)),
      ),
    toPlain: (pairs) => pairs.map(pairText).join(";"),
  };
}

function readText(text: string): LengthPair[] {
  const trimmed = text.trim();
  if (trimmed.startsWith("{")) return readJson(trimmed);
  const isBracketed = /^\[.*\]$/s.test(trimmed);
  const pairs = (isBracketed ? trimmed.slice(1, -1) : trimmed).match(PAIRS_REGEXP) ?? [];
  const filled = pairs.map((pair) => pair.replace(/^[\s,;]+|[\s,;]+$/g, "")).filter(Boolean);
  if (filled.length === 0) throw new Refusal(`must be ${ALLOWED}, got ${quote(text)}`);
  return convertAll(filled, readPair);
}

function readPair(text: string): LengthPair {
  const match = PAIR_REGEXP.exec(text);
  if (match === null || text.startsWith("(") !== text.includes(")")) {
    throw new Refusal(`must be ${ALLOWED}, got ${quote(text)}`);
  }
  return pairOf(match.slice(1).map((part) => Number(part ?? 0)));
}

function pairOf(numbers: readonly number[]): LengthPair {
  const [isl, islStddev, osl, oslStddev, percent] = numbers;
  return {
    isl: { mean: isl!, stddev: islStddev! },
    osl: { mean: osl!, stddev: oslStddev! },
    percent: percent!,
  };
}

function readJson(text: string): LengthPair[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal(`is not valid JSON, got ${quote(text)}`);
  }
  return fromObject(value);
}

const NAMES = ["isl", "isl_stddev", "osl", "osl_stddev", "prob"];

function fromObject(value: unknown): LengthPair[] {
  const pairs = isObject(value) ? value["pairs"] : undefined;
  if (!Array.isArray(pairs) || pairs.length === 0) throw notLike(value);
  return convertAll(pairs, (pair) => {
    if (!isObject(pair) || Object.keys(pair).some((name) => !NAMES.includes(name))) {
      throw notLike(pair);
    }
    const { isl, osl, prob, "isl_stddev": islStddev = 0, "osl_stddev": oslStddev = 0 } = pair;
    const numbers = [isl, islStddev, osl, oslStddev, prob].filter(isAmount);
    if (numbers.length < NAMES.length) throw notLike(pair);
    return pairOf(numbers);
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isAmount(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function notLike(value: unknown): Refusal {
  const shape = '{"pairs":[{"isl":256,"isl_stddev":0,"osl":128,"osl_stddev":0,"prob":100}]}';
  return new Refusal(`must be JSON like ${shape}, got ${quote(JSON.stringify(value))}`);
}

function checked(pairs: readonly LengthPair[]): readonly LengthPair[] {
  for (const { isl, osl } of pairs) {
    for (const { mean } of [isl, osl]) {
      if (mean < 1) throw new Refusal(`must have lengths of at least 1, got ${mean}`);
    }
  }
  const sum = pairs.reduce((total, { percent }) => total + percent, 0);
  if (Math.abs(sum - 100) <= TOLERANCE_PERCENT) return pairs;
  const shown = Number(sum.toFixed(4));
  throw new Refusal(`must have percentages that add up to 100, got ${shown}`);
}

function pairText({ isl, osl, percent }: LengthPair): string {
  return `${lengthText(isl)},${lengthText(osl)}:${percent}`;
}

function lengthText({ mean, stddev }: Normal): string {
  return stddev === 0 ? `${mean}` : `${mean}|${stddev}`;
}
