import { plainValue } from "./input_config.ts";
import type { Origin } from "./layer.ts";
import { type OptionKey, OPTIONS, optionsOf, specOf } from "./option_table.ts";
import type { CommandName } from "./option.ts";
import type { Options } from "./validate.ts";
import { wrapText } from "./wrap_text.ts";
import { renderYaml, type YamlEntry } from "./yaml_text.ts";

/** The text of a configuration file with every option, its help and its default, commented out. */
export function configFileTemplate(): string {
  const head = "# Options of aiperf. Take away the # in front of those to set.\n" +
    "# The command line and the environment win over this file.\n\n";
  return head + renderYaml(inSections(keysWithPath(), templateEntry));
}

/**
 * The value of every option of a command, as a configuration file that gives the same run; a note
 * says where each value comes from. Secrets are left out.
 */
export function effectiveConfig(options: Options, command: CommandName): string {
  const keys = optionsOf(command).map(({ key }) => key).filter((key) => specOf(key).path !== null);
  return renderYaml(inSections(keys, (key, path) => effectiveEntry(options, key, path)));
}

function keysWithPath(): OptionKey[] {
  return (Object.keys(OPTIONS) as OptionKey[]).filter((key) => specOf(key).path !== null);
}

/** Entries with those of a section side by side, sections in the order of their first entry. */
function inSections(
  keys: readonly OptionKey[],
  entryOf: (key: OptionKey, path: string) => YamlEntry,
): YamlEntry[] {
  return gather(keys.map((key) => entryOf(key, specOf(key).path!)), 0);
}

/** An entry's own value comes before the sections beside it, or it would fall into the last one. */
function gather(entries: readonly YamlEntry[], depth: number): YamlEntry[] {
  const isLeaf = (entry: YamlEntry) => entry.path.split(".").length === depth + 1;
  const nested = Map.groupBy(
    entries.filter((entry) => !isLeaf(entry)),
    (entry) => entry.path.split(".")[depth]!,
  );
  const sections = [...nested.values()].flatMap((section) => gather(section, depth + 1));
  return [...entries.filter(isLeaf), ...sections];
}

function templateEntry(key: OptionKey, path: string): YamlEntry {
  const { help, type, unit, default: value, defaultNote } = specOf(key);
  const facts = [
    `${type.allowed}${unit === undefined ? "" : `, in ${unit}`}`,
    ...(defaultNote === undefined ? [] : [`default: ${defaultNote}`]),
  ];
  return {
    path,
    comments: ["", ...wrapText(help, 90), ...wrapText(`(${facts.join("; ")})`, 90)],
    value: value === null ? null : plainValue(key, value),
    disabled: true,
  };
}

function effectiveEntry(options: Options, key: OptionKey, path: string): YamlEntry {
  const value = options.values[key];
  const { secret } = specOf(key);
  return {
    path,
    comments: [],
    value: value === null ? null : plainValue(key, value),
    note: describeOrigin(options.origins.get(key)),
    disabled: secret === true && value !== null,
  };
}

function describeOrigin(origin: Origin | undefined): string {
  return origin === undefined ? "default" : `${origin.layer}, ${origin.name}`;
}
