import { assertEquals } from "@std/assert";
import { type Invocation, parseCommandLine } from "../../common/cli/parse_command_line.ts";
import { renderProblems } from "../../common/config/problem.ts";
import type { GoodputTag } from "../../common/config/rule.ts";
import type { Options } from "../../common/config/validate.ts";

/** A world for a command line: what is in the environment and on disk. */
export interface World {
  env?: Record<string, string>;
  /** Text by path; any other path is missing. */
  files?: Record<string, string>;
  width?: number;
}

const GOODPUT_TAGS: readonly GoodputTag[] = [
  { tag: "request_latency", streamingOnly: false },
  { tag: "time_to_first_token", streamingOnly: true },
];

/** Parses a command line in a made-up world. */
export function parse(args: readonly string[], world: World = {}): Promise<Invocation> {
  const readFile = (path: string) => {
    const text = world.files?.[path];
    if (text !== undefined) return Promise.resolve(text);
    return Promise.reject(new Deno.errors.NotFound("no such file or directory"));
  };
  return parseCommandLine(args, {
    env: (name) => world.env?.[name],
    readFile,
    readFirstLine: async (path) => (await readFile(path)).split("\n")[0]!,
    checkLocalAddress: (address) =>
      address.startsWith("192.0.2.") ? Promise.reject(new Error("not here")) : Promise.resolve(),
    width: world.width ?? 100,
    goodputTags: () => Promise.resolve(GOODPUT_TAGS),
  });
}

/** The options of a run; fails the test when there are problems. */
export async function optionsFor(args: readonly string[], world: World = {}): Promise<Options> {
  const invocation = await parse(args, world);
  if (invocation.kind === "problems") assertEquals(renderProblems(invocation.problems), "");
  if (invocation.kind !== "profile") throw new Error(`not a run but ${invocation.kind}`);
  return invocation.options;
}

/** What a command line is told that cannot be run, one line for each problem. */
export async function problemsOf(args: readonly string[], world: World = {}): Promise<string[]> {
  const invocation = await parse(args, world);
  if (invocation.kind !== "problems") return [];
  return renderProblems(invocation.problems).trimEnd().split("\n");
}

/** The text that a command line prints. */
export async function printed(args: readonly string[], world: World = {}): Promise<string> {
  const invocation = await parse(args, world);
  if (invocation.kind === "problems") assertEquals(renderProblems(invocation.problems), "");
  if (invocation.kind !== "print") throw new Error(`prints nothing: ${invocation.kind}`);
  return invocation.text;
}
