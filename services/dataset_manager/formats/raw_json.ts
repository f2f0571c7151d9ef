/**
 * The text of a field's value in the text of a JSON object; of fields of the same name the last.
 *
 * `text` must be valid JSON. undefined when there is no such field.
 */
export function rawField(text: string, name: string): string | undefined {
  let found: string | undefined;
  for (const part of partsOf(text)) {
    const colon = endOfString(part, part.indexOf('"'));
    if (JSON.parse(part.slice(0, colon)) !== name) continue;
    found = part.slice(part.indexOf(":", colon) + 1).trim();
  }
  return found;
}

/** The texts of the elements of a JSON array; `text` must be valid JSON. */
export function rawElements(text: string): string[] {
  return [...partsOf(text)].map((part) => part.trim());
}

/** A JSON text on one line: what was laid out for people is sent without its line ends. */
export function withoutLineEnds(text: string): string {
  return /[\r\n]/.test(text) ? text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1") : text;
}

/** What is between the commas of an object or an array. */
function* partsOf(text: string): Generator<string> {
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    switch (text[at]) {
      case '"':
        at = endOfString(text, at) - 1;
        break;
      case "{":
      case "[":
        if (++depth === 1) start = at + 1;
        break;
      case "}":
      case "]":
        if (--depth > 0) break;
        if (text.slice(start, at).trim() !== "") yield text.slice(start, at);
        return;
      case ",":
        if (depth > 1) break;
        yield text.slice(start, at);
        start = at + 1;
        break;
    }
  }
}

/** Where the string that begins at `start` ends. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}
