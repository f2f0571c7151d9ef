import * as z from "zod/mini";
import { STRING } from "./primitives.ts";

/** Wire schema of the tokenizer of a run. */
export const tokenizerPlanSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("builtin"), encoding: STRING }),
  z.object({
    kind: z.literal("huggingface"),
    /** What the user or the model calls it. */
    name: STRING,
    /** The commit on the hub that its files are of; null: they are not from there. */
    commit: z.nullable(STRING),
    /** Absolute path of its `tokenizer.json`. */
    path: STRING,
    /** Absolute path of its `tokenizer_config.json`; null: there is none. */
    configPath: z.nullable(STRING),
    /** Prompts are counted as the chat template writes them; null: as they are. */
    chatTemplate: z.nullable(z.object({
      /** Absolute path of a `chat_template.jinja`; null: it is in the configuration. */
      path: z.nullable(STRING),
    })),
  }),
]);

/** The tokenizer of a run: decided before it begins, and there when it does. */
export type TokenizerPlan = z.infer<typeof tokenizerPlanSchema>;

/** A tokenizer that is in files. */
export type HuggingFacePlan = TokenizerPlan & { readonly kind: "huggingface" };

/** What tokens are counted with unless anything else is said. */
export const BUILTIN_TOKENIZER: TokenizerPlan = { kind: "builtin", encoding: "o200k_base" };

/** What the user wants tokens to be counted with. */
export interface TokenizerChoice {
  /** A name, a path, `builtin` or an encoding; null: the model's own if it can be had. */
  readonly name: string | null;
  /** Of a repository on the hub. */
  readonly revision: string;
  readonly appliesChatTemplate: boolean;
}
