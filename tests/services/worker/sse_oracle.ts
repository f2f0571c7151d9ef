import type { SseEvent } from "../../../services/worker/sse.ts";

/**
 * A slow, whole-text reading of the WHATWG rules for event streams, for comparison.
 *
 * It shares no idea with the parser: the text is decoded at once, lines are cut by walking over its
 * characters, and a last event without its blank line is kept.
 */
export function parseWhole(bytes: Uint8Array): SseEvent[] {
  const lines = linesOf(new TextDecoder().decode(bytes));
  const events: SseEvent[] = [];
  let data: string[] = [];
  let event = "";
  let id = "";
  for (const line of [...lines, ""]) {
    if (line === "") {
      if (data.length > 0) events.push({ event: event || "message", data: data.join("\n"), id });
      data = [];
      event = "";
      continue;
    }
    const [, name, value] = /^([^:]*)(?::[ ]?(.*))?$/su.exec(line)!;
    if (name === "data") data.push(value ?? "");
    if (name === "event") event = value ?? "";
    if (name === "id" && !value?.includes("\0")) id = value ?? "";
  }
  return events;
}

function linesOf(text: string): string[] {
  const lines: string[] = [];
  let line = "";
  for (let i = 0; i < text.length; i++) {
    const character = text[i]!;
    if (character !== "\r" && character !== "\n") {
      line += character;
      continue;
    }
    if (character === "\r" && text[i + 1] === "\n") i++;
    lines.push(line);
    line = "";
  }
  return line === "" ? lines : [...lines, line];
}
