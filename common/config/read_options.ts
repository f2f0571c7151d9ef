import { mayBeFolder } from "./file_rules.ts";
import { type Given, strongest } from "./layer.ts";
import type { CommandName } from "./option.ts";
import { type Problem, quote, Refusal } from "./problem.ts";
import type { PemFiles, PemOption } from "./pem_files.ts";
import type { RatePoint } from "../model/run_config.ts";
import type { GoodputTag } from "./rule.ts";
import { givenByEnvironment } from "./text_layer.ts";
import { givenByInputFile, timesOfInputFile } from "./trace_default.ts";
import { type Options, validate, type Validation } from "./validate.ts";
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
  /** Throws when the file cannot be read. */
  readFirstLine(path: string): Promise<string>;
  /** Throws when the path is no regular file, or cannot be read; without it nobody looks. */
  checkFile?(path: string, allowed: { mayBeFolder: boolean }): Promise<void>;
  /** Rejects when an address is none of this machine; without it nobody looks. */
  checkLocalAddress?(address: string): Promise<void>;
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
  const stated = [...direct, ...file.given];
  const inputTimes = await timesOfInputFile(stated, sources.readFirstLine);
  const given = [...stated, ...givenByInputFile(stated, inputTimes)];
  const usesGoodput = given.some(({ key }) => key === "goodput");
  const goodputTags = usesGoodput ? await sources.goodputTags?.() ?? null : null;
  const series = await readRateSeries(given, sources);
  const pems = await readPemFiles(given, sources);
  const { VALIDATOR: z } = await import("./validator.ts");
  const validation = validate(given, {
    command,
    z,
    goodputTags,
    rateSeries: series.points,
    inputTimes,
    pems: pems.files,
  });
  const input = await checkInputFile(given, sources);
  const known = [
    ...sources.problems,
    ...file.problems,
    ...series.problems,
    ...pems.problems,
    ...input,
    ...validation.ok ? await checkLocalAddresses(validation.options, sources) : [],
  ];
  if (known.length === 0) {
    return validation.ok ? await withTemplate(validation, sources) : validation;
  }
  return { ok: false, problems: [...known, ...(validation.ok ? [] : validation.problems)] };
}

/** Last, as the endpoint type and the extra inputs have to be known. */
async function withTemplate(
  { options }: Validation & { ok: true },
  { command, readFile }: OptionSources,
): Promise<Validation> {
  if (command !== "profile" || options.values.endpointType !== "template") {
    return { ok: true, options };
  }
  const { readTemplate } = await import("./read_template.ts");
  const { template, problems } = await readTemplate(options, readFile);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, options: { ...options, template } };
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
    return { given: [], problems: [unreadable(config, error)] };
  }
  return await readYamlText(text, { file, command });
}

const FOLDER_TYPES = "--custom-dataset-type random_pool and raw_payload take one";

/** Before any service is started, for it is easily mistyped. */
async function checkInputFile(
  all: readonly Given[],
  { checkFile }: OptionSources,
): Promise<Problem[]> {
  const given = strongest(all, "inputFile");
  if (typeof given?.raw !== "string" || given.raw === "") return [];
  const type = strongest(all, "customDatasetType")?.raw;
  try {
    await checkFile?.(given.raw, { mayBeFolder: mayBeFolder(type) });
    return [];
  } catch (error) {
    const { where, message } = unreadable(given, error);
    const isFolder = (error as Error).name === "IsADirectory";
    return [{ where, message: isFolder ? `${message}; ${FOLDER_TYPES}` : message }];
  }
}

interface SeriesReading {
  readonly points: readonly RatePoint[] | null;
  readonly problems: readonly Problem[];
}

/** Reads the file of `--request-rate-series`, as the strongest of those who set it names it. */
async function readRateSeries(
  all: readonly Given[],
  { readFile }: OptionSources,
): Promise<SeriesReading> {
  const given = strongest(all, "requestRateSeries");
  if (typeof given?.raw !== "string" || given.raw === "") return { points: null, problems: [] };
  let text: string;
  try {
    text = await readFile(given.raw);
  } catch (error) {
    return { points: null, problems: [unreadable(given, error)] };
  }
  try {
    const { parseRateSeries } = await import("./rate_series.ts");
    return { points: parseRateSeries(text), problems: [] };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const problems = error.messages.map((message) => ({
      where: given.origin.name,
      message: `${quote(given.raw as string)}: ${message}`,
    }));
    return { points: null, problems };
  }
}

/** Before any request fails for it. */
async function checkLocalAddresses(
  { values, origins }: Options,
  { checkLocalAddress }: OptionSources,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  for (const address of values.localAddress ?? []) {
    try {
      await checkLocalAddress?.(address);
    } catch {
      const where = origins.get("localAddress")!.name;
      problems.push({ where, message: `${quote(address)} is no address of this machine` });
    }
  }
  return problems;
}

interface PemReading {
  readonly files: PemFiles;
  readonly problems: readonly Problem[];
}

/** Reads the files with certificates and keys, as the strongest of those who set them name them. */
async function readPemFiles(
  all: readonly Given[],
  { readFile }: OptionSources,
): Promise<PemReading> {
  const named = (["caCert", "clientCert", "clientKey"] as const)
    .flatMap((key) => strongest(all, key) ?? []);
  if (named.length === 0) return { files: {}, problems: [] };
  const { checkPair, checkPem, unusable } = await import("./pem_files.ts");
  const files: Partial<Record<PemOption, string>> = {};
  const problems: Problem[] = [];
  const attempt = async (given: Given, step: (path: string) => Promise<void> | void) => {
    const path = given.raw;
    if (typeof path !== "string" || path === "") return;
    try {
      await step(path);
    } catch (error) {
      problems.push(
        error instanceof Refusal
          ? { where: given.origin.name, message: unusable(path, error.message) }
          : unreadable(given, error),
      );
    }
  };
  for (const given of named) {
    await attempt(given, async (path) => {
      const key = given.key as PemOption;
      const text = await readFile(path);
      checkPem(key, text);
      files[key] = text;
    });
  }
  const key = named.find((given) => given.key === "clientKey");
  if (key !== undefined) await attempt(key, () => checkPair(files));
  return { files, problems };
}

function unreadable({ raw, origin }: Given, error: unknown): Problem {
  const message = `cannot read ${quote(String(raw))}: ${describeFileError(error)}`;
  return { where: origin.name, message };
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
