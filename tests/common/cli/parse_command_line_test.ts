import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import * as fc from "fast-check";
import { shellQuote } from "../../../common/cli/shell_quote.ts";
import { AIPERF_VERSION } from "../../../common/version.ts";
import { optionsFor, parse, printed, problemsOf } from "../../helpers/command_line.ts";

async function cliCommandOf(args: readonly string[]): Promise<string> {
  const invocation = await parse(args);
  return invocation.kind === "profile" ? invocation.cliCommand : `not a run: ${invocation.kind}`;
}

Deno.test("aiperf alone is aiperf profile", async () => {
  const alone = await parse(["--concurrency", "4"]);
  const named = await parse(["profile", "--concurrency", "4"]);
  assertEquals(alone.kind, "profile");
  assertEquals({ ...alone, cliCommand: "" }, { ...named, cliCommand: "" });
});

Deno.test("aiperf without any argument is a run with the defaults", async () => {
  const { values, origins } = await optionsFor([]);
  assertEquals(origins.size, 0);
  assertEquals(values.url, ["http://localhost:8000"]);
  assertEquals(values.streaming, false);
  assertEquals(values.requestTimeoutSeconds, 21600);
});

Deno.test("--version and -V print the version, with any command", async () => {
  for (const args of [["--version"], ["-V"], ["profile", "--version"]]) {
    assertEquals(await printed(args), `aiperf ${AIPERF_VERSION}\n`);
  }
});

Deno.test("help wins over everything that is wrong", async () => {
  assertStringIncludes(
    await printed(["--concurrency", "abc", "--help"]),
    "Usage: aiperf [command]",
  );
  assertStringIncludes(await printed(["profile", "--nope", "-h"]), "Usage: aiperf profile");
  assertStringIncludes(await printed(["nope", "-h"]), "Usage: aiperf [command]");
});

Deno.test("config alone lists its commands", async () => {
  const text = await printed(["config"]);
  assertEquals(text, await printed(["config", "--help"]));
  for (const name of ["init", "show", "validate"]) assertStringIncludes(text, `config ${name}`);
});

Deno.test("a value follows its flag or an equals sign", async () => {
  const { values } = await optionsFor(["--isl=5", "--osl", "6", "-m=a", "-u", "h:1"]);
  assertEquals([values.isl, values.osl, values.model, values.url], [5, 6, ["a"], ["http://h:1"]]);
});

Deno.test("a list takes the values that follow, and its flag may be repeated", async () => {
  const args = ["--extra-inputs", "a:1", "b:2", "--streaming", "--extra-inputs=c:3"];
  assertEquals((await optionsFor(args)).values.extraInputs, { a: 1, b: 2, c: 3 });
});

Deno.test("a switch can be turned off where the environment turns it on", async () => {
  const env = { AIPERF_STREAMING: "true" };
  assertEquals((await optionsFor([], { env })).values.streaming, true);
  assertEquals((await optionsFor(["--no-streaming"], { env })).values.streaming, false);
});

Deno.test("-v and -vv stand for log levels, which may be in any case", async () => {
  assertEquals((await optionsFor(["-v"])).values.logLevel, "DEBUG");
  assertEquals((await optionsFor(["-vv"])).values.logLevel, "TRACE");
  assertEquals((await optionsFor(["--log-level", "warning"])).values.logLevel, "WARNING");
});

Deno.test("--use-server-token-count is --token-count-source server", async () => {
  const { values } = await optionsFor(["--use-server-token-count"]);
  assertEquals(values.tokenCountSource, "server");
});

Deno.test("the mock server's flags go without mock in its own command", async () => {
  const args = ["mock-server", "--port", "0", "--ttft", "100", "--itl", "5.5", "--model", "x"];
  const invocation = await parse([...args, "--seed", "7", "--no-usage"]);
  assertEquals(invocation, {
    kind: "mock-server",
    options: {
      host: "127.0.0.1",
      port: 0,
      model: "x",
      ttftMs: 100,
      itlMs: 5.5,
      jitter: 0,
      errorRate: 0,
      errorStatus: 500,
      disconnectRate: 0,
      streamErrorRate: 0,
      reportUsage: false,
      chunkTokens: 1,
      defaultOutputTokens: 50,
      seed: 7,
      logRequests: 20000,
    },
  });
});

Deno.test("a file may hold the options of other commands", async () => {
  const files = {
    "run.yaml": "loadgen:\n  concurrency: 4\nmock_server:\n  port: 1234\n  ttft: 5\n",
  };
  const invocation = await parse(["mock-server", "-f", "run.yaml"], { files });
  assertEquals(invocation.kind === "mock-server" && invocation.options.port, 1234);
});

Deno.test("the command line is shown with secrets redacted in every form", async () => {
  const args = ["profile", "--api-key", "sk-1", "-H", "X-A: b c", "X-B: d", "--isl=5"];
  assertEquals(
    await cliCommandOf(args),
    "aiperf profile --api-key '<redacted>' -H '<redacted>' '<redacted>' --isl=5",
  );
  assertEquals(
    await cliCommandOf(["--api-key=sk-1", "--header=X-A: b", "--extra-inputs", 'a:"b c"']),
    `aiperf '--api-key=<redacted>' '--header=<redacted>' --extra-inputs 'a:"b c"'`,
  );
});

Deno.test("a quoted command line is taken apart into the same arguments", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" })), (args) => {
    assertEquals(splitAsShell(shellQuote(args)), args);
  }));
});

Deno.test("report takes the folder of a run, and nothing else", async () => {
  assertEquals(await parse(["report", "out"]), { kind: "report", folder: "out" });
  for (const args of [["report"], ["report", ""]]) {
    const [problem, ...others] = await problemsOf(args);
    assertMatch(
      problem!,
      /^DIR: is missing: give the folder of a run, .* aiperf report artifacts\//,
    );
    assertEquals(others, []);
  }
  assertEquals(await problemsOf(["report", "a", "b"]), ['"b": unexpected argument']);
  assertEquals(await problemsOf(["report", "a", "--isl", "5"]), [
    "--isl: unknown option; aiperf profile has it",
  ]);
  assertStringIncludes(await printed(["report", "--help"]), "Usage: aiperf report DIR\n");
});

Deno.test("config init prints a template, or says which file to write", async () => {
  const text = await printed(["config", "init"]);
  assertEquals(await parse(["config", "init", "a.yaml"]), { kind: "write", path: "a.yaml", text });
});

Deno.test("config validate checks a file and the flags beside it", async () => {
  const files = { "run.yaml": "endpoint:\n  model_names: a\n" };
  const text = await printed(["config", "validate", "run.yaml", "--isl", "5"], { files });
  assertEquals(text, "The options are valid.\n");
});

/** Words of a shell command that holds nothing but plain words, single quotes and backslashes. */
function splitAsShell(command: string): string[] {
  const words: string[] = [];
  let word: string | null = null;
  for (let i = 0; i < command.length; i++) {
    const char = command[i]!;
    if (char === " ") {
      if (word !== null) words.push(word);
      word = null;
    } else if (char === "'") {
      const end = command.indexOf("'", i + 1);
      word = (word ?? "") + command.slice(i + 1, end);
      i = end;
    } else if (char === "\\") {
      word = (word ?? "") + command[++i];
    } else {
      word = (word ?? "") + char;
    }
  }
  return word === null ? words : [...words, word];
}
