import type { Given } from "./layer.ts";
import type { CommandName } from "./option.ts";
import { type Problem, quote } from "./problem.ts";
import type { GoodputTag } from "./rules.ts";
import { givenByEnvironment } from "./text_layer.ts";
import { validate, type Validation } from "./validate.ts";
import { type FileReading, readYamlText } from "./yaml_layer.ts";

/** Everything that options are read from, and what they are checked against. */
export interface OptionSources {
  readonly command: CommandName;
  /** What the command line gives. */
  readonly given: readonly Given[];
  /** What is wrong with the command line already. */
  readonly problems: readonly Problem[];
  env(name: string): string | undefined;
  /** Throws when the file cannot be read. */
  readFile(path: string): Promise<string>;
  /** The metrics that `--goodput` may name; asked for only when it is used. */
  goodputTags?(): Promise<readonly GoodputTag[]>;
}

/**
 * Reads options from command line, environment and configuration file, and checks them all.
 *
 * Never throws for what the user did: the result holds every problem at once.
 */
export async function readOptions(sources: OptionSources): Promise<Validation> {
  const { command } = sources;
  const direct = [...sources.given, ...givenByEnvironment(command, sources.env)];
  const file = await readConfigFile(direct.find(({ key }) => key === "config"), sources);
  const given = [...direct, ...file.given];
  const usesGoodput = given.some(({ key }) => key === "goodput");
  const goodputTags = usesGoodput ? await sources.goodputTags?.() ?? null : null;
  const z = await import("zod/mini");
  const validation = validate(given, { command, z, goodputTags });
  const known = [...sources.problems, ...file.problems];
  if (known.length === 0) return validation;
  return { ok: false, problems: [...known, ...(validation.ok ? [] : validation.problems)] };
}

async function readConfigFile(
  config: Given | undefined,
  { command, readFile }: OptionSources,
): Promise<FileReading> {
  if (typeof config?.raw !== "string" || config.raw === "") return { given: [], problems: [] };
  const file = config.raw;
  let text: string;
  try {
    text = await readFile(file);
  } catch (error) {
    const message = `cannot read ${quote(file)}: ${describeFileError(error)}`;
    return { given: [], problems: [{ where: config.origin.name, message }] };
  }
  return await readYamlText(text, { file, command });
}

const FILE_ERRORS: Readonly<Record<string, string>> = {
  NotFound: "no such file",
  IsADirectory: "it is a folder",
  NotADirectory: "a part of the path is no folder",
  PermissionDenied: "permission denied",
  NotCapable: "permission denied",
};

function describeFileError(error: unknown): string {
  const { name, message } = error as Error;
  return FILE_ERRORS[name] ?? message;
}
