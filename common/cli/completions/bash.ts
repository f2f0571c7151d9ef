import { shellQuote } from "../shell_quote.ts";
import type { Completed, CompletedCommand } from "./completion_table.ts";
import { valueCases } from "./value_cases.ts";

/** The script for bash, from 3.2 on, as macOS has it. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# Completion of aiperf in bash: eval "$(aiperf completions bash)"
_aiperf_words() { COMPREPLY=( $(compgen -W "$1" -- "$cur") ); }
_aiperf_paths() {
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  COMPREPLY=( $(compgen "$1" -- "$cur") )
}
_aiperf() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" flag="\${COMP_WORDS[COMP_CWORD-1]}" named='' i
  COMPREPLY=()
  # bash takes --flag=value for three words.
  if [[ "$cur" == '=' ]]; then
    cur=''
  elif [[ "$flag" == '=' && $COMP_CWORD -gt 2 ]]; then
    flag="\${COMP_WORDS[COMP_CWORD-2]}"
  fi
  for (( i = 1; i < COMP_CWORD; i++ )); do
    [[ "\${COMP_WORDS[i]}" == -* ]] && break
    named="$named\${named:+ }\${COMP_WORDS[i]}"
  done
  case "$named" in
${commands.toReversed().map((command) => commandCase(command, commands)).join("\n")}
  esac
}
complete -F _aiperf aiperf
`;
}

/** The longer names come first, and what needs no name last. */
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
    `            _aiperf_words ${shellQuote([flags.map(({ flag }) => flag).join(" ")])}`,
    `          else`,
    `            ${name === "" ? nameCases(commands) : completing(argument)}`,
    `          fi ;;`,
    `      esac ;;`,
  ].join("\n");
}

/** The first word of a command, or, after the first half of one, its second word. */
function nameCases(commands: readonly CompletedCommand[]): string {
  const names = commands.map(({ words }) => words).filter((words) => words.length > 0);
  const families = Map.groupBy(names.filter((words) => words.length > 1), ([first]) => first!);
  const first = new Set(names.map((words) => words[0]!));
  const cases = [...families].map(([word, all]) =>
    `${word}) _aiperf_words ${shellQuote([all.map((words) => words[1]).join(" ")])} ;;`
  );
  return [
    `case "$named" in`,
    ...cases.map((line) => `              ${line}`),
    `              '') _aiperf_words ${shellQuote([[...first].join(" ")])} ;;`,
    `            esac`,
  ].join("\n");
}

function completing(value: Completed): string {
  switch (value.kind) {
    case "words":
      return `_aiperf_words ${shellQuote([value.words.join(" ")])}`;
    case "file":
      return "_aiperf_paths -f";
    case "folder":
      return "_aiperf_paths -d";
    default:
      return ":";
  }
}
