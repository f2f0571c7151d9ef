/** Control characters, and the marks that turn the direction of text around. */
const CONTROL_REGEXP = /[\p{Cc}\p{Zl}\p{Zp}\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** Most text has none of them. */
const SUSPECT_REGEXP = /[^\x20-\x7e]/;

/** Text from elsewhere, on one line, with nothing in it that a terminal would act upon. */
export function harmless(text: string): string {
  if (!SUSPECT_REGEXP.test(text)) return text;
  return text.replace(/[\t\r\n]+/g, " ").replace(CONTROL_REGEXP, "\ufffd");
}
