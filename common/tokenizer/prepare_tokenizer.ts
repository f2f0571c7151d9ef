import type { HubConfig } from "../hub/hub_config.ts";
import type { TokenizerPlan } from "../model/tokenizer_plan.ts";
import { BadInputError } from "../service/bad_input_error.ts";
import { readChatTemplate } from "./chat_template_file.ts";
import { TIKTOKEN_ENCODINGS } from "./load_tokenizer.ts";
import { fallback, type TokenizerPlace, type TokenizerQuery } from "./tokenizer_choice.ts";
import { findLocal, findOnHub, NoTokenizerError, type TokenizerPaths } from "./tokenizer_files.ts";

/** What a tokenizer's files are looked for with. */
export interface TokenizerWorld {
  readonly hub: HubConfig;
  /** Absolute; where relative paths begin. */
  readonly workingDir: string;
  /** What `~` means; null: nothing. */
  readonly home: string | null;
  /** Says something to the person at the terminal. */
  say(line: string): void;
}

/** A tokenizer whose files are on this machine. */
export interface PreparedTokenizer {
  readonly plan: TokenizerPlan;
  /** What the user has to be told of it; null: nothing. */
  readonly note: string | null;
}

/**
 * Brings the files of a run's tokenizer to this machine and checks them, before the run begins.
 *
 * A tokenizer that nobody asked for by name is replaced by the built-in one when it cannot be had.
 * Throws a BadInputError that names the option.
 */
export async function prepareTokenizer(
  query: TokenizerQuery,
  place: TokenizerPlace,
  world: TokenizerWorld,
): Promise<PreparedTokenizer> {
  const { choice, model } = query;
  const name = choice.name ?? model;
  const isDefault = choice.name === null;
  let found: PreparedTokenizer;
  try {
    found = await find(query, place, world);
  } catch (error) {
    if (!(error instanceof NoTokenizerError)) throw error;
    if (isDefault && !choice.appliesChatTemplate) return fallback(model, error.message);
    const what = place.kind === "path" ? "" : `${name}: `;
    const hint = error.isOutOfReach ? WITHOUT_THE_HUB : "";
    throw new BadInputError(`--tokenizer: ${what}${error.message}${hint}${builtinHint(place)}`);
  }
  if (found.plan.kind === "builtin" && choice.appliesChatTemplate) {
    throw new BadInputError(
      `--apply-chat-template: the built-in tokenizer has no chat template; name the model's own ` +
        "by --tokenizer",
    );
  }
  return found;
}

const WITHOUT_THE_HUB =
  "; without the hub a folder with its tokenizer.json does, or builtin; HF_ENDPOINT names a mirror";

/** Whoever gives a name of one word may have meant one that needs no hub. */
function builtinHint(place: TokenizerPlace): string {
  if (place.kind !== "hub" || place.isDefault || place.id.includes("/")) return "";
  return `; built in are builtin, ${TIKTOKEN_ENCODINGS.join(", ")}`;
}

async function find(
  { choice }: TokenizerQuery,
  place: TokenizerPlace,
  world: TokenizerWorld,
): Promise<PreparedTokenizer> {
  switch (place.kind) {
    case "ready":
      return place;
    case "unknown":
      throw new NoTokenizerError("is neither a path nor a name that the hub could know");
    case "path":
      return await complete(place.path, choice, await findLocal(absolute(place.path, world)));
    case "hub":
      return await complete(place.id, choice, await findNamed(place, choice.revision, world));
  }
}

/** A folder beats a repository of the same name, as it does in Hugging Face's own tools. */
async function findNamed(
  { id, isDefault }: TokenizerPlace & { readonly kind: "hub" },
  revision: string,
  world: TokenizerWorld,
): Promise<TokenizerPaths> {
  const local = await findLocal(absolute(id, world)).catch(() => null);
  if (local !== null) return local;
  const { hub, say } = world;
  return await findOnHub({ hub, say, isDefault, repo: { kind: "model", id, revision } });
}

async function complete(
  name: string,
  { appliesChatTemplate }: TokenizerQuery["choice"],
  { templatePath, ...paths }: TokenizerPaths,
): Promise<PreparedTokenizer> {
  const chatTemplate = appliesChatTemplate ? { path: templatePath } : null;
  const plan = { kind: "huggingface", name, ...paths, chatTemplate } as const;
  if (appliesChatTemplate && await readChatTemplate(plan) === null) {
    throw new NoTokenizerError("has no chat template, which --apply-chat-template asks for");
  }
  return { plan, note: null };
}

function absolute(path: string, { workingDir, home }: TokenizerWorld): string {
  const plain = path.replace(/(?<=.)\/+$/, "");
  if (plain.startsWith("/")) return plain;
  if (plain.startsWith("~/") && home !== null) return home + plain.slice(1);
  return `${workingDir}/${plain.replace(/^(\.\/+)+/, "")}`;
}
