/** A platform that binaries are built for. */
export interface CompileTarget {
  /** As the archive's name shows it. */
  name: string;
  /** As `deno compile --target` and `Deno.build.target` call it. */
  triple: string;
}

/** Every platform that is built; Windows is not, since Deno has no Unix sockets there. */
export const COMPILE_TARGETS: readonly CompileTarget[] = [
  { name: "linux-x86_64", triple: "x86_64-unknown-linux-gnu" },
  { name: "linux-aarch64", triple: "aarch64-unknown-linux-gnu" },
  { name: "macos-x86_64", triple: "x86_64-apple-darwin" },
  { name: "macos-aarch64", triple: "aarch64-apple-darwin" },
];

/** What a build is asked to do. */
export interface CompilePlan {
  targets: readonly CompileTarget[];
  /** The folder for the results. */
  output: string;
  /** Whether to pack archives and write checksums. */
  archive: boolean;
}

/** What `parseCompileArgs` has to know of the machine. */
export interface CompileHost {
  /** The platform of this machine, as `Deno.build.target` says it. */
  triple: string;
  /** Whether `DENORT_BIN` names a runtime, which is the runtime of one platform only. */
  ownRuntime: boolean;
}

/**
 * Reads `[--target NAME|TRIPLE|host|all]… [--output DIR] [--no-archive]`.
 *
 * @throws {SyntaxError} with a message for the user, when the arguments make no sense.
 */
export function parseCompileArgs(args: readonly string[], host: CompileHost): CompilePlan {
  const names: string[] = [];
  const plan = { output: "dist", archive: true };
  for (let i = 0; i < args.length; i++) {
    const [option, attached] = splitOption(args[i]!);
    const value = () => attached ?? args[++i] ?? missingValue(option);
    if (option === "--target") names.push(value());
    else if (option === "--output") plan.output = value();
    else if (option === "--no-archive") plan.archive = false;
    else throw new SyntaxError(`Unknown argument "${option}"`);
  }
  if (names.length === 0) names.push(host.ownRuntime ? "host" : "all");
  const targets = [...new Set(names.flatMap((name) => findTargets(name, host)))];
  if (host.ownRuntime && targets.length > 1) {
    throw new SyntaxError("DENORT_BIN is the runtime of one platform: name one --target");
  }
  return { targets, ...plan };
}

function splitOption(arg: string): [option: string, value: string | undefined] {
  const at = arg.indexOf("=");
  return at < 0 ? [arg, undefined] : [arg.slice(0, at), arg.slice(at + 1)];
}

function missingValue(option: string): never {
  throw new SyntaxError(`${option} needs a value`);
}

function findTargets(name: string, host: CompileHost): readonly CompileTarget[] {
  if (name === "all") return COMPILE_TARGETS;
  const wanted = name === "host" ? host.triple : name;
  const found = COMPILE_TARGETS.find((target) => [target.name, target.triple].includes(wanted));
  if (found !== undefined) return [found];
  const known = COMPILE_TARGETS.map((target) => target.name).join(", ");
  throw new SyntaxError(`Cannot build for "${wanted}": the targets are ${known}`);
}

/** A line that `sha256sum --check` understands. */
export function checksumLine(digest: ArrayBuffer, file: string): string {
  return `${new Uint8Array(digest).toHex()}  ${file}\n`;
}

/** Whether what `deno compile` printed says that its runtime could not be had. */
export function lacksRuntime(stderr: string): boolean {
  return /Setting up base binary|denort/.test(stderr) && /error/i.test(stderr);
}
