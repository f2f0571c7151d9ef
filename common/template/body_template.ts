import { Template } from "@huggingface/jinja";
import type { Turn } from "../model/conversation.ts";
import { unknownNames } from "./unknown_names.ts";

/** What a body is made of. */
export interface TemplateRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The conversation so far; the last turn is the one to be answered. */
  readonly turns: readonly Turn[];
}

/** Writes the body of a request. */
export type BodyTemplate = (request: TemplateRequest) => Record<string, unknown>;

/** The templates that go by a name. */
const NAMED: Readonly<Record<string, string>> = {
  "nv-embedqa": '{"text": {{ texts|tojson }}}',
};

/** How Python's Jinja has to write a boolean, and ours cannot. */
const LOWER_REGEXP = /\bstream\s*\|\s*lower\b/g;

/** The template of a name; undefined when there is none. */
export function namedTemplate(name: string): string | undefined {
  return Object.hasOwn(NAMED, name) ? NAMED[name] : undefined;
}

/**
 * Prepares a template in Jinja, whose variables are those of `variablesOf`.
 *
 * Throws an Error when it is no valid Jinja, or uses a variable that there is not; and the body does
 * when the template refuses, or writes something that is no JSON object.
 */
export function compileBody(text: string): BodyTemplate {
  const template = new Template(text.replaceAll(LOWER_REGEXP, "stream|tojson"));
  const known = Object.keys(variablesOf({ model: "", stream: false, turns: [] }));
  const unknown = unknownNames(template.parsed, known);
  if (unknown.length > 0) {
    throw new Error(`there is no variable ${unknown.join(", ")}; there are ${known.join(", ")}`);
  }
  return (request) => parseBody(template.render(variablesOf(request)));
}

function parseBody(text: string): Record<string, unknown> {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch (error) {
    const hint = "write texts as {{ text|tojson }}, which sets the quotes, too";
    throw new Error(`it does not write valid JSON: ${(error as Error).message}; ${hint}`);
  }
  if (typeof body === "object" && body !== null && !Array.isArray(body)) {
    return body as Record<string, unknown>;
  }
  throw new Error("it does not write a JSON object");
}

/** What a template may use; what there is none of is null, or an empty list. */
function variablesOf({ model, stream, turns }: TemplateRequest): Record<string, unknown> {
  const turn = turns.at(-1);
  const own = shown(turn);
  const first = (list: readonly string[]) => list[0] ?? null;
  const { texts, images, audios, videos, passages } = own;
  return {
    text: first(texts),
    texts,
    image: first(images),
    images,
    audio: first(audios),
    audios,
    video: first(videos),
    videos,
    query: first(texts),
    queries: texts,
    passage: first(passages),
    passages,
    texts_by_name: { text: texts, query: texts, passages },
    model,
    max_tokens: own.max_tokens,
    stream,
    role: own.role,
    turn: own,
    turns: turns.map(shown),
    messages: turns.flatMap(messagesOf),
  };
}

function shown(turn: Turn | undefined) {
  return {
    role: turn?.role ?? "user",
    texts: turn?.texts ?? [],
    images: turn?.media?.images ?? [],
    audios: turn?.media?.audios ?? [],
    videos: turn?.media?.videos ?? [],
    passages: turn?.passages ?? [],
    max_tokens: turn?.outputTokens ?? null,
  };
}

function messagesOf({ role, texts, messages }: Turn): Record<string, unknown>[] {
  return messages ?? [{ role, content: texts.join("\n") }];
}
