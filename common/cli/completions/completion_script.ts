import { bashScript } from "./bash.ts";
import { completionTable } from "./completion_table.ts";
import { fishScript } from "./fish.ts";
import { zshScript } from "./zsh.ts";

const SCRIPTS: Readonly<Record<string, typeof bashScript>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

/** The script that makes a shell complete our command lines; null for a shell that we do not know. */
export function completionScript(shell: string): string | null {
  return Object.hasOwn(SCRIPTS, shell) ? SCRIPTS[shell]!(completionTable()) : null;
}
