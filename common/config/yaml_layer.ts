import type { Given } from "./layer.ts";
import { type OptionKey, OPTIONS, specOf } from "./option_table.ts";
import type { CommandName } from "./option.ts";
import { type Problem, quote } from "./problem.ts";
import { suggestion } from "./suggest.ts";

/** What a configuration file gives, and what is wrong with its shape. */
export interface FileReading {
  readonly given: readonly Given[];
  readonly problems: readonly Problem[];
}

/** What a file is read for. */
export interface FileContext {
  /** The file as the user named it; problems begin with it. */
  readonly file: string;
  /** Options of other commands are allowed in the file and left alone. */
  readonly command: CommandName;
}

/** Reads the text of a YAML file; a syntax error is a problem that names line and column. */
export async function readYamlText(text: string, context: FileContext): Promise<FileReading> {
  const yaml = await import("@std/yaml");
  let document: unknown;
  try {
    document = yaml.parse(text);
  } catch (error) {
    // Only the first line: the others quote the file, which may hold a secret.
    const reason = String((error as Error).message).split("\n")[0]!.replace(/:$/, "");
    return {
      given: [],
      problems: [{ where: context.file, message: `is not valid YAML: ${reason}` }],
    };
  }
  return readDocument(document, context);
}

/** Finds the options in a parsed file; null stands for "not set", unknown keys are problems. */
function readDocument(document: unknown, context: FileContext): FileReading {
  const given: Given[] = [];
  const problems: Problem[] = [];
  const visit = (value: unknown, path: string) => {
    const key = KEY_BY_PATH.get(path);
    if (value === null || value === undefined) return;
    if (key) {
      if (belongs(key, context.command)) given.push(givenByFile(key, value, context.file));
    } else if (!isMapping(value)) {
      const shown = path === "" ? "" : `, got ${show(value)}`;
      problems.push({ where: place(context.file, path), message: `must be a mapping${shown}` });
    } else {
      for (const [name, child] of Object.entries(value)) {
        const childPath = path === "" ? name : `${path}.${name}`;
        if (isKnown(childPath)) visit(child, childPath);
        else problems.push(unknownKey(context.file, childPath));
      }
    }
  };
  visit(document, "");
  return { given, problems };
}

const KEY_BY_PATH = new Map(
  (Object.keys(OPTIONS) as OptionKey[]).flatMap((key) => {
    const { path } = specOf(key);
    return path === null ? [] : [[path, key] as const];
  }),
);

const SECTIONS = new Set([...KEY_BY_PATH.keys()].flatMap(ancestors));

const TOP_SECTIONS = [...SECTIONS].filter((path) => !path.includes(".")).join(", ");

/** The sections that a path lies in, outermost first. */
function ancestors(path: string): string[] {
  const parts = path.split(".");
  return [...parts.keys()].slice(1).map((count) => parts.slice(0, count).join("."));
}

function isKnown(path: string): boolean {
  return KEY_BY_PATH.has(path) || SECTIONS.has(path);
}

function unknownKey(file: string, path: string): Problem {
  const known = [...KEY_BY_PATH.keys(), ...SECTIONS];
  const namesake = known.find((other) => lastPart(other) === lastPart(path));
  const siblings = known.filter((other) => parentOf(other) === parentOf(path));
  const near = namesake ? `; did you mean ${namesake}?` : suggestion(path, siblings);
  const hint = near || (parentOf(path) === "" ? `; the sections are ${TOP_SECTIONS}` : "");
  return { where: place(file, path), message: `unknown key${hint}` };
}

function lastPart(path: string): string {
  return path.slice(path.lastIndexOf(".") + 1);
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf(".")));
}

function belongs(key: OptionKey, command: CommandName): boolean {
  return (specOf(key).commands ?? ["profile"]).includes(command);
}

function givenByFile(key: OptionKey, raw: unknown, file: string): Given {
  const name = place(file, specOf(key).path!);
  return { key, raw, origin: { layer: "file", name }, shown: show(raw) };
}

function place(file: string, path: string): string {
  return path === "" ? file : `${file}: ${path}`;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function show(value: unknown): string {
  if (typeof value === "string") return quote(value);
  if (typeof value === "number") return String(value);
  const json = JSON.stringify(value) ?? String(value);
  return json.length > 80 ? `${json.slice(0, 77)}...` : json;
}
