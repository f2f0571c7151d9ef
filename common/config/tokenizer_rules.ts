import { encodingNamed } from "../tokenizer/load_tokenizer.ts";
import type { OptionValues } from "./option_table.ts";
import { hasEffectOnly, type Rule } from "./rule.ts";

/** What must hold between the options of the tokenizer and others. */
export const TOKENIZER_RULES: readonly Rule[] = [
  hasEffectOnly("tokenizerRevision", {
    when: (values) => !isBuiltin(values),
    about: ["tokenizer"],
    otherwise: "on a tokenizer that is built in",
  }),
  hasEffectOnly("applyChatTemplate", {
    when: (values) => !isBuiltin(values),
    about: ["tokenizer"],
    otherwise: "on a tokenizer that is built in: it has no chat template",
  }),
  hasEffectOnly("applyChatTemplate", {
    when: ({ endpointType }) => endpointType === "chat",
    about: ["endpointType"],
    otherwise: "unless --endpoint-type is chat",
  }),
  hasEffectOnly("applyChatTemplate", {
    when: ({ tokenCountSource }) => tokenCountSource !== "server",
    about: ["tokenCountSource"],
    otherwise: "where the server counts the tokens (--token-count-source server)",
  }),
];

function isBuiltin({ tokenizer }: OptionValues): boolean {
  return tokenizer !== null && encodingNamed(tokenizer) !== null;
}
