/**
 * Cuts the text of a JSON array into its elements as it comes, without holding more than one.
 *
 * Yields the texts of the elements; whether they are valid JSON is for the caller to see. Throws
 * SyntaxError when the text is no array, or ends before it does.
 */
export async function* arrayElements(
  chunks: AsyncIterable<string>,
): AsyncGenerator<string> {
  const cutter = new ArrayCutter();
  for await (const chunk of chunks) {
    yield* cutter.take(chunk);
    if (cutter.isDone) return;
  }
  throw new SyntaxError("the list ends before it is complete");
}

/** Follows strings and brackets; everything else needs no attention. */
class ArrayCutter {
  #element = "";
  #depth = 0;
  #isInString = false;
  #isEscaped = false;
  isDone = false;

  *take(chunk: string): Generator<string> {
    let start = this.#depth > 0 ? 0 : -1;
    for (let at = 0; at < chunk.length && !this.isDone; at++) {
      const code = chunk.charCodeAt(at);
      if (this.#isInString) {
        this.#inString(code);
        continue;
      }
      const isEnd = this.#isBoundary(code);
      if (this.#depth >= 1 && start < 0) start = at + 1;
      if (!isEnd) continue;
      const element = (this.#element + chunk.slice(start, at)).trim();
      if (element !== "") yield element;
      this.#element = "";
      start = at + 1;
    }
    if (start >= 0 && !this.isDone) this.#element += chunk.slice(start);
  }

  #inString(code: number): void {
    if (this.#isEscaped) this.#isEscaped = false;
    else if (code === 0x5c) this.#isEscaped = true;
    else if (code === 0x22) this.#isInString = false;
  }

  /** Whether an element ends at this character outside of a string. */
  #isBoundary(code: number): boolean {
    if (this.#depth === 0 && code !== 0x5b && !isBlank(code)) {
      throw new SyntaxError("is not a list");
    }
    switch (code) {
      case 0x22:
        this.#isInString = true;
        break;
      case 0x5b:
      case 0x7b:
        this.#depth++;
        return false;
      case 0x5d:
      case 0x7d:
        this.isDone = --this.#depth === 0;
        return this.isDone;
      case 0x2c:
        return this.#depth === 1;
    }
    return false;
  }
}

function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code === 0xfeff;
}
