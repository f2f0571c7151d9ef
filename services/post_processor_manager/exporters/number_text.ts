import { REQUESTS, TOKENS } from "../metrics/unit.ts";

const COUNTING_UNITS: ReadonlySet<string> = new Set([REQUESTS.name, TOKENS.name]);

/** Two decimals; plain digits up to 10^21, whatever JavaScript would do. */
export function fixed(value: number): string {
  return Math.abs(value) < 1e21 ? withoutMinusZero(value.toFixed(2)) : String(value);
}

/** A scalar's value: whole numbers of requests and tokens bare, anything else with two decimals. */
export function scalarText(value: number, unit: string): string {
  return COUNTING_UNITS.has(unit) && Number.isSafeInteger(value) ? String(value) : fixed(value);
}

/** `1234567.89` becomes `1,234,567.89`. */
export function withThousands(digits: string): string {
  if (digits.includes("e")) return digits;
  const [whole, decimals] = digits.split(".");
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ",");
  return decimals === undefined ? grouped : `${grouped}.${decimals}`;
}

function withoutMinusZero(text: string): string {
  return text === "-0.00" ? "0.00" : text;
}
