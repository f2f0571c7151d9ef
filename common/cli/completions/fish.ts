import type { Completed, CompletedCommand, CompletedFlag } from "./completion_table.ts";

/** The script for fish. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  const named = commands.filter(({ words }) => words.length > 0);
  return `# Completion of aiperf in fish: aiperf completions fish | source
# The words in front of the first flag name the command; what has no name is profile.
function __aiperf_named
    set -l named
    for word in (commandline -opc)[2..]
        string match -q -- '-*' $word; and break
        set -a named $word
    end
    string join ' ' -- $named
end
function __aiperf_is
    set -l named (__aiperf_named)
    test "$named" = "$argv[1]"
end
function __aiperf_in
    set -l named (__aiperf_named)
    string match -qr -- "^$argv[1]( |\\$)" "$named"
end
complete -c aiperf -f
${families(named).join("\n")}
${named.flatMap((command) => commandLines(command)).join("\n")}
`;
}

/** The names of commands, one word after the other. */
function families(commands: readonly CompletedCommand[]): string[] {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const { words, help } of commands) {
    const [first, second] = words;
    if (!seen.has(first!)) {
      const shown = second === undefined ? ` -d ${quoted(help)}` : "";
      lines.push(`complete -c aiperf -n '__aiperf_is ""' -a ${first}${shown}`);
      seen.add(first!);
    }
    if (second === undefined) continue;
    const isHalf = `__aiperf_is ${first}`;
    lines.push(`complete -c aiperf -n ${quoted(isHalf)} -a ${second} -d ${quoted(help)}`);
  }
  return lines;
}

function commandLines({ words, flags, argument }: CompletedCommand): string[] {
  const name = words.join(" ");
  const isIn = `__aiperf_in ${quoted(name)}`;
  const condition = name === "profile" ? `__aiperf_is ""; or ${isIn}` : isIn;
  const start = `complete -c aiperf -n ${quoted(condition)}`;
  const own = argument.kind === "nothing" ? [] : [`${start}${completing(argument, false)}`];
  return [...own, ...flags.map((flag) => `${start}${flagText(flag)}`)];
}

function flagText({ flag, help, value }: CompletedFlag): string {
  const name = flag.startsWith("--")
    ? `-l ${flag.slice(2)}`
    : `${flag.length === 2 ? "-s" : "-o"} ${flag.slice(1)}`;
  return ` ${name}${completing(value, true)} -d ${quoted(help)}`;
}

function completing(value: Completed, isFlag: boolean): string {
  const needed = isFlag ? " -x" : "";
  switch (value.kind) {
    case "words":
      return `${needed} -a ${quoted(value.words.join(" "))}`;
    case "file":
      return isFlag ? " -r -F" : " -F";
    case "folder":
      return `${needed} -a '(__fish_complete_directories)'`;
    case "anything":
      return needed;
    case "nothing":
      return "";
  }
}

/** In fish's single quotes only the quote and the backslash are not themselves. */
function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
