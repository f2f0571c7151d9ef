import { type CommandOption, optionsOf } from "./option_table.ts";
import type { CommandName } from "./option.ts";
import { wrapText } from "./wrap_text.ts";

/** The reference page of every option, as Markdown. */
export function optionReference(): string {
  return [
    "# Options",
    "",
    "Generated from the option table by `deno task docs`; do not edit.",
    "",
    "An option can be set on the command line, by an environment variable or in a YAML file (`--config`);",
    "the first of these that sets it wins. `aiperf config init` writes a file with all of them.",
    "",
    ...commandSection("profile"),
    ...commandSection("mock-server"),
    ...commandSection("analyze-trace"),
  ].join("\n").trimEnd() + "\n";
}

function commandSection(command: CommandName): string[] {
  const groups = Map.groupBy(optionsOf(command), ({ group }) => group);
  const hasFile = optionsOf(command).some(({ key }) => key === "config");
  return [
    `## aiperf ${command}`,
    "",
    ...[...groups].flatMap(([group, options]) => [
      `### ${group}`,
      "",
      ...options.flatMap((option) => optionSection(option, hasFile)),
    ]),
  ];
}

function optionSection(option: CommandOption, hasFile: boolean): string[] {
  const { spec, flags, envName } = option;
  const presets = Object.entries(spec.presets ?? {}).map(
    ([flag, value]) => `- \`${flag}\`: the same as \`${option.flag} ${value}\``,
  );
  return [
    `#### ${flags.map((flag) => `\`${flag}\``).join(", ")}`,
    "",
    ...wrapText(spec.help, 100),
    "",
    ...bullet(`value: ${spec.type.allowed}${spec.unit === undefined ? "" : `, in ${spec.unit}`}`),
    `- default: ${describeDefault(option)}`,
    ...presets,
    `- environment: \`${envName}\``,
    ...(spec.path === null || !hasFile ? [] : [`- file: \`${spec.path}\``]),
    "",
  ];
}

/** A list item in the lines that the formatter would make of it. */
function bullet(text: string): string[] {
  return wrapText(text, 98).map((line, i) => (i === 0 ? "- " : "  ") + line);
}

function describeDefault({ spec }: CommandOption): string {
  if (spec.defaultNote !== undefined) return spec.defaultNote.replaceAll("<", "\\<");
  return spec.default === null ? "none" : `\`${spec.type.toPlain(spec.default)}\``;
}
