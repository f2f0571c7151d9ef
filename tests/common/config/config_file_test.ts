import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { parse as parseYaml } from "@std/yaml";
import { type OptionKey, OPTIONS, specOf } from "../../../common/config/option_table.ts";
import { optionsFor, printed } from "../../helpers/command_line.ts";

const KEYS = Object.keys(OPTIONS) as OptionKey[];

Deno.test("the template sets nothing, and everything once its values are uncommented", async () => {
  const template = await printed(["config", "init"]);
  const untouched = await optionsFor(["-f", "a"], { files: { a: template } });
  assertEquals([...untouched.origins.keys()], ["config"]);
  const filled = template.replace(/^( *)# (\w+:.*)$/gm, "$1$2");
  const { values, origins } = await optionsFor(["-f", "a"], { files: { a: filled } });
  for (const key of KEYS) {
    const { path, default: value, commands = ["profile"] } = specOf(key);
    if (path === null) continue;
    assertStringIncludes(template, specOf(key).help.slice(0, 40));
    if (value === null || !commands.includes("profile")) continue;
    assertEquals(values[key], value);
    assert(origins.has(key), key);
  }
});

const SETTINGS: readonly (readonly string[])[] = [
  [],
  ["-m", "org/model", "--streaming", "--concurrency", "8", "--random-seed", "0"],
  ["--extra-inputs", 'a:{"b":[1,"x: y"]}', "--goodput", "request_latency:5.5", "--osl", "4"],
  ["--benchmark-duration", "5", "--benchmark-grace-period", "inf", "--request-rate", "0.1"],
  ["--mock-server", "--mock-itl", "2.5", "--artifact-dir", "a dir/#1: 'x'"],
  ["-m", "true", "--artifact-dir", "1.5", "--runtime-dir", "~"],
];

for (const args of SETTINGS) {
  Deno.test(`the effective options give the same run again: ${args.join(" ")}`, async () => {
    const shown = await printed(["config", "show", ...args]);
    parseYaml(shown);
    const again = await optionsFor(["-f", "a"], { files: { a: shown } });
    const { values } = await optionsFor(args);
    assertEquals({ ...again.values, config: null }, values);
  });
}

Deno.test("the effective options say where each comes from, and keep secrets", async () => {
  const world = { env: { AIPERF_ISL: "5" }, files: { "a.yaml": "loadgen: {request_count: 9}" } };
  const args = ["config", "show", "a.yaml", "-m", "org/m", "--api-key", "sk-1"];
  const shown = await printed(args, world);
  for (
    const line of [
      'model_names: ["org/m"] # command line, -m',
      '# api_key: "<redacted>" # command line, --api-key',
      "mean: 5 # environment, AIPERF_ISL",
      "request_count: 9 # file, a.yaml: loadgen.request_count",
      "streaming: false # default",
    ]
  ) assertStringIncludes(shown, `  ${line}\n`);
  assertEquals(shown.includes("sk-1"), false);
});
