import { isHubId } from "../hub/hub_file.ts";
import {
  BUILTIN_TOKENIZER,
  type TokenizerChoice,
  type TokenizerPlan,
} from "../model/tokenizer_plan.ts";
import { encodingNamed } from "./load_tokenizer.ts";
import { encodingOfModel } from "./model_encodings.ts";

/** What a tokenizer is chosen for. */
export interface TokenizerQuery {
  readonly choice: TokenizerChoice;
  /** The model that is asked for, as the server calls it. */
  readonly model: string;
  /** Whether the server is the built-in mock server, whose models do not exist. */
  readonly isMock: boolean;
}

/** Where a tokenizer is to be looked for. */
export type TokenizerPlace =
  | { readonly kind: "ready"; readonly plan: TokenizerPlan; readonly note: string | null }
  | { readonly kind: "path"; readonly path: string; readonly isDefault: boolean }
  | { readonly kind: "hub"; readonly id: string; readonly isDefault: boolean }
  | { readonly kind: "unknown"; readonly name: string };

/**
 * Where the tokenizer that is asked for has to be looked for, by its name alone.
 *
 * Without a name it is the model's own: of OpenAI's models that is known, another one's is looked
 * for when its name is a path or `owner/name`, for any shorter name could mean anything.
 */
export function placeOf({ choice, model, isMock }: TokenizerQuery): TokenizerPlace {
  const { name, appliesChatTemplate } = choice;
  if (name !== null) return placeNamed(name);
  if (isMock) return { kind: "ready", plan: BUILTIN_TOKENIZER, note: null };
  const encoding = appliesChatTemplate ? null : encodingOfModel(model);
  if (encoding !== null) {
    return { kind: "ready", plan: { kind: "builtin", encoding }, note: null };
  }
  if (isPath(model)) return { kind: "path", path: model, isDefault: true };
  if (model.includes("/") && isHubId(model)) return { kind: "hub", id: model, isDefault: true };
  return fallback(model, null);
}

function placeNamed(name: string): TokenizerPlace {
  const encoding = encodingNamed(name);
  if (encoding !== null) {
    return { kind: "ready", plan: { kind: "builtin", encoding }, note: null };
  }
  if (isPath(name) || name.endsWith(".json")) return { kind: "path", path: name, isDefault: false };
  return isHubId(name) ? { kind: "hub", id: name, isDefault: false } : { kind: "unknown", name };
}

function isPath(name: string): boolean {
  return /^(\.{0,2}|~)\//.test(name) || name === "." || name === "..";
}

/** The built-in tokenizer in place of the model's own. `reason`: why that cannot be had. */
export function fallback(
  model: string,
  reason: string | null,
): TokenizerPlace & { readonly kind: "ready" } {
  const why = reason === null ? "" : ` (${reason})`;
  return {
    kind: "ready",
    plan: BUILTIN_TOKENIZER,
    note: `Tokens are counted with the built-in tokenizer, o200k_base, in place of that of ` +
      `"${model}"${why}: choose one by --tokenizer; --tokenizer builtin keeps this one`,
  };
}
