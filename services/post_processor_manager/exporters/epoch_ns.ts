const NS_PER_MS = 1_000_000;

/**
 * An instant as a decimal number of nanoseconds since 1970, exact to the last digit.
 *
 * Such numbers are beyond 2^53, so that they exist as text only. `ns`: since the run's epoch,
 * rounded to whole nanoseconds.
 */
export function epochNsText(epochUnixMs: number, ns: number): string {
  const whole = Math.round(ns);
  const ms = Math.floor(whole / NS_PER_MS);
  const rest = whole - ms * NS_PER_MS;
  return `${epochUnixMs + ms}${String(rest).padStart(6, "0")}`;
}
