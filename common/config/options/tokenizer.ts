import { option } from "../option.ts";
import { text, toggle } from "../value_type.ts";

/** What tokens are counted with. */
export const TOKENIZER_OPTIONS = {
  tokenizer: option({
    type: text("NAME"),
    default: null,
    defaultNote: "the model's own if it can be had, else builtin",
    path: "tokenizer.name",
    help:
      "Counts and makes the tokens of prompts: a model on the Hugging Face hub, a folder or tokenizer.json, an encoding such as cl100k_base, or builtin, which is o200k_base and needs no network; see docs/tokenizers.md.",
  }),
  tokenizerRevision: option({
    type: text("REVISION"),
    default: "main",
    path: "tokenizer.revision",
    help: "The branch, tag or commit of a tokenizer on the hub.",
  }),
  applyChatTemplate: option({
    type: toggle(),
    default: false,
    path: "tokenizer.apply_chat_template",
    help:
      "Count the input tokens as the model's chat template writes the prompt, with what it adds.",
  }),
};
