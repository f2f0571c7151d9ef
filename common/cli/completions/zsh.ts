import { shellQuote } from "../shell_quote.ts";
import type { Completed, CompletedCommand } from "./completion_table.ts";
import { valueCases } from "./value_cases.ts";

/** The script for zsh. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef aiperf
# Completion of aiperf in zsh: eval "$(aiperf completions zsh)"
_aiperf() {
  local cur="\${words[CURRENT]}" flag="\${words[CURRENT-1]}" named='' word
  local -a flags
  if [[ "$cur" == --*=* ]]; then
    flag="\${cur%%=*}"
    compset -P '*='
    cur="\${cur#*=}"
  fi
  for word in "\${(@)words[2,CURRENT-1]}"; do
    [[ "$word" == -* ]] && break
    named="$named\${named:+ }$word"
  done
  case "$named" in
${commands.toReversed().map((command) => commandCase(command, commands)).join("\n")}
  esac
}
compdef _aiperf aiperf
`;
}

function commandCase(
  { words, flags, argument }: CompletedCommand,
  commands: readonly CompletedCommand[],
): string {
  const name = words.join(" ");
  const pattern = name === "" ? "*" : `${shellQuote([name])}*`;
  return [
    `    ${pattern})`,
    `      case "$flag" in`,
    ...valueCases(flags, completing),
    `        *)`,
    `          if [[ "$cur" == -* ]]; then`,
    `            flags=(`,
    ...flags.map(({ flag, help }) => `              ${described(flag, help)}`),
    `            )`,
    `            _describe -o option flags`,
    `          else`,
    `            ${name === "" ? nameCases(commands) : completing(argument)}`,
    `          fi ;;`,
    `      esac ;;`,
  ].join("\n");
}

function nameCases(commands: readonly CompletedCommand[]): string {
  const named = commands.filter(({ words }) => words.length > 0);
  const families = Map.groupBy(named.filter(({ words }) => words.length > 1), (c) => c.words[0]!);
  const list = (items: string[]) => `flags=(${items.join(" ")}); _describe command flags`;
  const firsts = named.filter(({ words }) => words.length === 1);
  return [
    `case "$named" in`,
    ...[...families].map(([word, all]) =>
      `              ${word}) ${list(all.map((c) => described(c.words[1]!, c.help)))} ;;`
    ),
    `              '') ${
      list([...firsts.map((c) => described(c.words[0]!, c.help)), ...families.keys()])
    } ;;`,
    `            esac`,
  ].join("\n");
}

/** What \`_describe\` takes: a colon ends the name. */
function described(name: string, help: string): string {
  return shellQuote([`${name.replaceAll(":", "\\:")}:${help}`]);
}

function completing(value: Completed): string {
  switch (value.kind) {
    case "words":
      return `compadd -- ${shellQuote(value.words)}`;
    case "file":
      return "_files";
    case "folder":
      return "_files -/";
    default:
      return ":";
  }
}
