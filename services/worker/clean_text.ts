const EXCERPT_LENGTH = 200;

/** `text` on one line, without control characters, cut to `maxLength` characters. */
export function cleanText(text: string, maxLength: number): string {
  // Far more than is shown, so that what is cleaned away leaves enough, yet never megabytes.
  const line = text.slice(0, maxLength * 20)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, " ")
    .trim();
  return line.length <= maxLength ? line : line.slice(0, maxLength - 1).trimEnd() + "…";
}

/** The first words of a text, as an error message shows them. */
export function excerpt(text: string): string {
  return cleanText(text, EXCERPT_LENGTH);
}

/** The first words that a reader of a HTML page would see. */
export function excerptOfHtml(html: string): string {
  const visible = html
    .replace(/<!--[\s\S]*?-->/g, " ")
    .replace(/<(script|style)\b[\s\S]*?<\/\1\s*>/gi, " ")
    .replace(/<[^>]*>/g, " ");
  return excerpt(visible) || excerpt(html);
}
