/** A unit of the exports and how to get there from the unit of the formulas. */
export interface Unit {
  /** As the exports show it. */
  readonly name: string;
  /** Divide the formula's value by this. */
  readonly divisor: number;
}

/** Formulas count in nanoseconds. */
export const MILLISECONDS: Unit = { name: "ms", divisor: 1e6 };
/** Formulas count in nanoseconds. */
export const SECONDS: Unit = { name: "sec", divisor: 1e9 };
export const TOKENS: Unit = { name: "tokens", divisor: 1 };
export const TOKENS_PER_CHUNK: Unit = { name: "tokens/chunk", divisor: 1 };
export const REQUESTS: Unit = { name: "requests", divisor: 1 };
export const REQUESTS_PER_SECOND: Unit = { name: "requests/sec", divisor: 1 };
export const TOKENS_PER_SECOND: Unit = { name: "tokens/sec", divisor: 1 };
export const TOKENS_PER_SECOND_PER_USER: Unit = { name: "tokens/sec/user", divisor: 1 };
export const IMAGES: Unit = { name: "images", divisor: 1 };
export const IMAGES_PER_SECOND: Unit = { name: "images/sec", divisor: 1 };
/** Formulas count in nanoseconds. */
export const MILLISECONDS_PER_IMAGE: Unit = { name: "ms/image", divisor: 1e6 };
export const PERCENT: Unit = { name: "%", divisor: 1 };
export const RATIO: Unit = { name: "ratio", divisor: 1 };

/**
 * An instant: nanoseconds since the run's epoch in the report, since 1970 in the exports.
 *
 * Nanoseconds since 1970 are beyond 2^53, so that a number could not hold them exactly.
 */
export const INSTANT: Unit = { name: "ns", divisor: 1 };
