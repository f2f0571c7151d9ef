import type { Given, Origin } from "./layer.ts";
import { type OptionKey, optionsOf, specOf } from "./option_table.ts";
import type { CommandName } from "./option.ts";
import { quote } from "./problem.ts";

/** What a flag or an environment variable gave, from its texts: one, or several for a list. */
export function givenByTexts(key: OptionKey, texts: readonly string[], origin: Origin): Given {
  const { type } = specOf(key);
  const values = texts.map((text) => type.fromText(text));
  const raw = type.many ? values : values[0];
  return { key, origin, raw, shown: texts.map(quote).join(" ") };
}

/** What the environment sets for a command; a variable that is empty counts as not set. */
export function givenByEnvironment(
  command: CommandName,
  env: (name: string) => string | undefined,
): Given[] {
  return optionsOf(command).flatMap(({ key, envName }) => {
    const text = env(envName);
    if (!text) return [];
    return [givenByTexts(key, [text], { layer: "environment", name: envName })];
  });
}
