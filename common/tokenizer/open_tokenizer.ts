import type { HuggingFacePlan, TokenizerPlan } from "../model/tokenizer_plan.ts";
import { BadInputError } from "../service/bad_input_error.ts";
import { describeFileError } from "../runtime/file_error.ts";
import { compileChatTemplate, type RenderChat } from "./chat_template.ts";
import { readChatTemplate } from "./chat_template_file.ts";
import { BrokenTokenizerError, createHuggingFaceTokenizer } from "./huggingface_tokenizer.ts";
import { loadTokenizer } from "./load_tokenizer.ts";
import type { OpenTokenizer, Tokenizer } from "./tokenizer.ts";

/**
 * Loads the tokenizer of a run; takes up to half a second of processor time.
 *
 * Throws a BadInputError that names it when its files cannot be used.
 */
export async function openTokenizer(plan: TokenizerPlan): Promise<Tokenizer> {
  return plan.kind === "builtin" ? await loadTokenizer(plan.encoding) : await openFiles(plan);
}

/** The same of a tokenizer that is in files. */
export async function openFiles(plan: HuggingFacePlan): Promise<OpenTokenizer> {
  const { name, path, configPath } = plan;
  try {
    const [tokenizer, config] = await Promise.all([
      readFile(path),
      configPath === null ? null : readFile(configPath),
    ]);
    return await createHuggingFaceTokenizer({ name, tokenizer, config });
  } catch (error) {
    if (!(error instanceof BrokenTokenizerError)) throw error;
    throw new BadInputError(
      `--tokenizer: ${path.slice(0, path.lastIndexOf("/"))}: ${error.message}`,
    );
  }
}

/** The chat template of a tokenizer that has one. Throws a BadInputError that names it. */
export async function openChatTemplate(plan: HuggingFacePlan): Promise<RenderChat> {
  const source = await readChatTemplate(plan);
  try {
    if (source !== null) return await compileChatTemplate(source);
  } catch (error) {
    const reason = (error as Error).message;
    throw new BadInputError(
      `--apply-chat-template: the chat template of ${plan.name} cannot be used: ${reason}`,
    );
  }
  throw new BadInputError(`--apply-chat-template: ${plan.name} has no chat template any more`);
}

async function readFile(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    throw new BadInputError(`--tokenizer: ${path}: cannot be read: ${describeFileError(error)}`);
  }
}
