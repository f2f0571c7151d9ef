import * as z from "zod/mini";

/** A message as chat templates take them. */
export interface ChatMessage {
  readonly role: string;
  readonly content: unknown;
}

/** A chat template and what it is told beside the messages. */
export interface ChatTemplateSource {
  /** In Jinja. */
  readonly template: string;
  /** By the names that templates know them under, e.g. `bos_token`. */
  readonly specialTokens: Readonly<Record<string, string>>;
}

/** Writes the text that a model is given for some messages, its answer to follow. */
export type RenderChat = (messages: readonly ChatMessage[]) => string;

const configSchema = z.looseObject({
  chat_template: z.optional(z.nullable(z.union([
    z.string(),
    z.array(z.object({ name: z.string(), template: z.string() })),
  ]))),
});

const tokenSchema = z.union([z.string(), z.looseObject({ content: z.string() })]);

/**
 * The chat template of a model; null: it has none.
 *
 * `config`: the contents of `tokenizer_config.json`, `file`: those of `chat_template.jinja`, which
 * comes first; null where there is none.
 */
export function chatTemplateOf(config: unknown, file: string | null): ChatTemplateSource | null {
  const read = z.safeParse(configSchema, config);
  const template = file ?? named(read.success ? read.data.chat_template : null);
  return template === null ? null : { template, specialTokens: specialTokensOf(config) };
}

function named(
  template: string | { name: string; template: string }[] | null | undefined,
): string | null {
  if (template === null || template === undefined || typeof template === "string") {
    return template ?? null;
  }
  const chosen = template.find(({ name }) => name === "default") ?? template[0];
  return chosen?.template ?? null;
}

function specialTokensOf(config: unknown): Record<string, string> {
  if (typeof config !== "object" || config === null) return {};
  const tokens: Record<string, string> = {};
  for (const [name, value] of Object.entries(config)) {
    const token = name.endsWith("_token") ? z.safeParse(tokenSchema, value) : null;
    if (!token?.success) continue;
    tokens[name] = typeof token.data === "string" ? token.data : token.data.content;
  }
  return tokens;
}

/** Prepares a template. Throws when it is no valid Jinja; so does rendering when it refuses. */
export async function compileChatTemplate(
  { template, specialTokens }: ChatTemplateSource,
): Promise<RenderChat> {
  const { Template } = await import("@huggingface/jinja");
  const compiled = new Template(template);
  return (messages) =>
    compiled.render({
      ...specialTokens,
      messages,
      tools: null,
      documents: null,
      add_generation_prompt: true,
    });
}
