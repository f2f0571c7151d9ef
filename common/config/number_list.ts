import { quote, Refusal } from "./problem.ts";
import { converted, type ValueType } from "./value_type.ts";

/** What the numbers of a list may be. */
export interface NumberListOptions {
  /** Completes "must be …". */
  readonly allowed: string;
  isAllowed(value: number): boolean;
}

/** One number or several: `16`, `16,24`, or several arguments; the file holds a list. */
export function numberList(
  { allowed, isAllowed }: NumberListOptions,
): ValueType<readonly number[]> {
  return {
    placeholder: "N",
    allowed,
    many: true,
    fromText: (text) => text,
    schema: (z) => {
      const one = z.union([z.number(), z.string()]);
      return converted(z, z.union([one, z.array(one)]), (given) => {
        const items = [given].flat().flatMap((item) => String(item).split(","));
        const numbers = items.map((item) => item.trim() === "" ? NaN : Number(item));
        const wrong = numbers.findIndex((value) => !Number.isFinite(value) || !isAllowed(value));
        if (wrong < 0 && numbers.length > 0) return numbers;
        throw new Refusal(`must be ${allowed}, got ${quote(items[wrong] ?? "")}`);
      });
    },
    toPlain: (values) => [...values],
  };
}
