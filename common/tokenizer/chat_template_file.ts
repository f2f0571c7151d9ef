import type { HuggingFacePlan } from "../model/tokenizer_plan.ts";
import { chatTemplateOf, type ChatTemplateSource } from "./chat_template.ts";

/** The chat template of a tokenizer that is in files; null: it has none that can be read. */
export async function readChatTemplate(plan: HuggingFacePlan): Promise<ChatTemplateSource | null> {
  const { configPath, chatTemplate } = plan;
  const [config, file] = await Promise.all([read(configPath), read(chatTemplate?.path ?? null)]);
  try {
    return chatTemplateOf(JSON.parse(config ?? "{}"), file);
  } catch {
    return null;
  }
}

async function read(path: string | null): Promise<string | null> {
  return path === null ? null : await Deno.readTextFile(path).catch(() => null);
}
