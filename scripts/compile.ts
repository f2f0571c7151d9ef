/**
 * `deno task compile [--target NAME|host|all]… [--output DIR] [--no-archive]`: bundles the program,
 * builds the binaries, checks that everything is embedded, packs an archive each and writes their
 * checksums.
 *
 * Exits with 0 if every target was built and is complete, 1 if one was not, 2 for bad arguments.
 */

import { PERMISSION_FLAGS } from "../common/runtime/permissions.ts";
import { V8_FLAGS } from "../common/runtime/v8_flags.ts";
import { AIPERF_VERSION } from "../common/version.ts";
import { bundleProgram, ROOT } from "./bundle_program.ts";
import {
  checksumLine,
  type CompilePlan,
  type CompileTarget,
  lacksRuntime,
  parseCompileArgs,
} from "./compile_targets.ts";
import { type ExpectedFile, findMissing, programParts } from "./embedding.ts";

/** What goes into an archive next to the binary, where it exists. */
const DOCUMENTS = ["LICENSE", "README.md", "CHANGELOG.md"];

const ownRuntime = Deno.env.get("DENORT_BIN");
const plan = readPlan();
// In the tree, where the import map is found; what is left out of the bundle needs it.
const MAIN = await bundleProgram(`${ROOT}dist/bundle`);
const expected = await expectedFiles();
const archives: string[] = [];
let failures = 0;
for (const target of plan.targets) {
  const folder = `${plan.output}/aiperf-${AIPERF_VERSION}-${target.name}`;
  const problem = await build(target, folder);
  if (problem === undefined) continue;
  failures++;
  console.error(`error: Cannot build ${target.name}: ${problem}`);
  await Deno.remove(folder, { recursive: true });
}
if (archives.length > 0) await writeChecksums();
Deno.exit(failures > 0 ? 1 : 0);

function readPlan(): CompilePlan {
  try {
    const host = { triple: Deno.build.target, ownRuntime: ownRuntime !== undefined };
    return parseCompileArgs(Deno.args, host);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    console.error(`error: ${error.message}`);
    Deno.exit(2);
  }
}

/** Builds, checks and packs one target; returns what went wrong, if something did. */
async function build(target: CompileTarget, folder: string): Promise<string | undefined> {
  const binary = `${folder}/aiperf`;
  await Deno.mkdir(folder, { recursive: true });
  const { success, stderr } = await compile(target, binary);
  if (!success) return explain(target, stderr);

  const missing = findMissing(await Deno.readFile(binary), expected);
  if (missing.length > 0) return `the binary lacks ${missing.join(", ")}`;
  console.log(`${binary}: all ${expected.length} files are embedded`);
  if (await runtimeIsDeno()) {
    console.log("DENORT_BIN is Deno itself: the file shows what is embedded, but does not run it");
    return;
  }
  if (target.triple === Deno.build.target && !await answers(binary)) {
    return `the binary does not answer --version with ${AIPERF_VERSION}`;
  }
  if (plan.archive) await pack(target, folder);
}

/** Whether the binary starts and is this version of aiperf. */
async function answers(binary: string): Promise<boolean> {
  const path = await Deno.realPath(binary);
  const { success, stdout } = await new Deno.Command(path, { args: ["--version"] }).output();
  return success && new TextDecoder().decode(stdout).includes(AIPERF_VERSION);
}

async function compile(target: CompileTarget, output: string) {
  const command = new Deno.Command(Deno.execPath(), {
    args: [
      ...["compile", "--quiet", "--no-check", "--exclude-unused-npm", "--app-name", "aiperf"],
      ...["--target", target.triple, "--output", output],
      ...V8_FLAGS,
      ...PERMISSION_FLAGS,
      MAIN,
    ],
    cwd: ROOT,
    env: { NO_COLOR: "1" },
    stdout: "null",
    stderr: "piped",
  });
  const { success, stderr } = await command.output();
  return { success, stderr: new TextDecoder().decode(stderr) };
}

function explain(target: CompileTarget, stderr: string): string {
  if (!lacksRuntime(stderr)) return stderr.trim();
  if (ownRuntime !== undefined) {
    return `DENORT_BIN="${ownRuntime}" is no runtime for ${target.triple}\n${stderr.trim()}`;
  }
  return "its runtime (denort) could not be downloaded from dl.deno.land. " +
    `Put the denort of Deno ${Deno.version.deno} for ${target.triple} on this machine and name ` +
    `it in DENORT_BIN. (DENORT_BIN="$(which deno)" shows that everything is embedded.)`;
}

/** Whether the runtime is the whole of Deno, which ignores the program it carries. */
async function runtimeIsDeno(): Promise<boolean> {
  return ownRuntime !== undefined &&
    await Deno.realPath(ownRuntime) === await Deno.realPath(Deno.execPath());
}

async function pack(target: CompileTarget, folder: string): Promise<void> {
  const name = `aiperf-${AIPERF_VERSION}-${target.name}`;
  const archive = `${name}.tar.gz`;
  for (const document of DOCUMENTS) await copyIfThere(document, folder);
  const { success } = await new Deno.Command("tar", {
    args: ["-czf", `${plan.output}/${archive}`, "-C", plan.output, name],
  }).spawn().status;
  if (!success) throw new Error(`Cannot pack ${archive}: tar failed`);
  archives.push(archive);
}

async function copyIfThere(document: string, folder: string): Promise<void> {
  try {
    await Deno.copyFile(ROOT + document, `${folder}/${document}`);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** `sha256sum --check SHA256SUMS` verifies them. */
async function writeChecksums(): Promise<void> {
  let lines = "";
  for (const archive of archives) {
    const bytes = await Deno.readFile(`${plan.output}/${archive}`);
    lines += checksumLine(await crypto.subtle.digest("SHA-256", bytes), archive);
  }
  await Deno.writeTextFile(`${plan.output}/SHA256SUMS`, lines);
  console.log(`${plan.output}/SHA256SUMS:\n${lines.trimEnd()}`);
}

/** Every file of the program, and of its packages the manifest and what is loaded as data. */
async function expectedFiles(): Promise<ExpectedFile[]> {
  const { success, stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", MAIN],
    cwd: ROOT,
    stderr: "inherit",
  }).output();
  if (!success) throw new Error(`Cannot read the module graph of ${MAIN}: deno info failed`);
  const { files, packages } = programParts(JSON.parse(new TextDecoder().decode(stdout)));
  const data = packages.flatMap((folder) => [`${folder}/package.json`, ...wasmFiles(folder)]);
  return [...files, ...data].map((name) => ({ name, bytes: Deno.readFileSync(name) }));
}

function wasmFiles(folder: string): string[] {
  return [...Deno.readDirSync(folder)].flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory) return wasmFiles(path);
    return entry.isFile && entry.name.endsWith(".wasm") ? [path] : [];
  });
}
