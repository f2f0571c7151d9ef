import { assert, assertEquals, assertMatch } from "@std/assert";
import { filesBelow, readArtifacts } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { until } from "../helpers/until.ts";

/** Starts the mock server by its command, on a free port. */
async function startServer(sandbox: Sandbox) {
  const running = sandbox.start(
    "mock-server --port 0 --model org/tiny --output-tokens 3".split(" "),
  );
  const url = await until("the mock server", () => running.stderr.match(/listens on (\S+)/)?.[1]);
  return { running, url };
}

Deno.test("the mock server is a command of its own, that a run can go against", async (t) => {
  await withSandbox(async (sandbox) => {
    const { running, url } = await startServer(sandbox);
    const { code, stderr } = await sandbox.run(["--url", `${url}/v1`]);

    await t.step("the run takes model and length from it", async () => {
      assertEquals(code, 0, stderr);
      const [folder] = await runFolders(sandbox);
      const { records, inputs } = await readArtifacts(`${sandbox.path}/${folder}`);
      assertEquals(records.length, 10);
      // Of the hundred prompts that there are.
      assertEquals(inputs.data.length, 10);
      for (const { model, usage } of records) {
        assertEquals([model, usage?.completionTokens], ["org/tiny", 3]);
      }
    });
    await t.step("the run names its folder after model, load and time", async () => {
      const [folder, ...others] = await runFolders(sandbox);
      assertMatch(
        folder!,
        /^artifacts\/org_tiny-openai-chat-concurrency1\/\d{4}-\d\d-\d\dT[\d-]+\.\d{3}Z$/,
      );
      assertEquals(others, []);
    });
    await t.step("it has logged the requests", async () => {
      const { requests } = await (await fetch(`${url}/mock/requests`)).json();
      // And nothing else: what it has rehearsed before is not there.
      assertEquals(requests.map(({ index }: { index: number }) => index), [...Array(10).keys()]);
    });
    await t.step("a port that is taken is refused with 2", async () => {
      const { host, port } = new URL(url);
      assertEquals(await sandbox.run(["mock-server", "--port", port]), {
        code: 2,
        stdout: "",
        stderr: `aiperf: cannot listen on ${host}: the port is in use; choose another --port or ` +
          "--host\n",
      });
    });
    await t.step("SIGINT ends it with 0", async () => {
      running.kill("SIGINT");
      const finished = await running.finished;
      assertEquals([finished.code, finished.stdout], [0, ""]);
    });
  });
});

/** The folders of runs, relative to the sandbox. */
async function runFolders({ path }: Sandbox): Promise<string[]> {
  const files = await filesBelow(path);
  return files.filter((file) => file.endsWith("/records.jsonl"))
    .map((file) => file.slice(0, file.lastIndexOf("/")));
}

Deno.test("a run replaces another one only with --overwrite", async () => {
  await withSandbox(async (sandbox) => {
    const first = "--mock-server --streaming --request-count 11 --artifact-dir out".split(" ");
    assertEquals((await sandbox.run(first)).code, 0);
    const before = await readArtifacts(`${sandbox.path}/out`);
    const second = "--mock-server --request-count 10 --artifact-dir out".split(" ");
    assertEquals((await sandbox.run(second)).code, 2);
    assertEquals(await readArtifacts(`${sandbox.path}/out`), before);

    const { code, stderr } = await sandbox.run([...second, "--overwrite"]);
    assertEquals(code, 0, stderr);
    const { records, requests, log } = await readArtifacts(`${sandbox.path}/out`);
    assertEquals([records.length, requests.length], [10, 10]);
    assert(!log.includes("11 requests"));
  });
});

Deno.test("--help and --version answer on stdout, with 0, and start nothing", async () => {
  await withSandbox(async (sandbox) => {
    const help = await sandbox.run(["--help"]);
    assertEquals([help.code, help.stderr], [0, ""]);
    assertMatch(help.stdout, /--request-rate REQUESTS\/S/);
    const version = await sandbox.run(["--version"]);
    assertEquals([version.code, version.stderr], [0, ""]);
    assertMatch(version.stdout, /^aiperf \d+\.\d+\.\d+\n$/);
    assertEquals(await filesBelow(sandbox.path), []);
  });
});

Deno.test("config init writes a file that runs, and says what to do with it", async () => {
  await withSandbox(async (sandbox) => {
    const init = (path: string) => sandbox.run(["config", "init", path]);
    assertEquals(await init("my run.yaml"), {
      code: 0,
      stdout: "",
      stderr:
        "aiperf: wrote my run.yaml; edit it, then run: aiperf profile --config 'my run.yaml'\n",
    });
    assertEquals(await init("my run.yaml"), {
      code: 2,
      stdout: "",
      stderr:
        'FILE: cannot write "my run.yaml": it exists already; give another name, or take it ' +
        "away first\n",
    });
    assertEquals(
      (await init("nowhere/my.yaml")).stderr,
      'FILE: cannot write "nowhere/my.yaml": its folder is not there\n',
    );
    const path = `${sandbox.path}/my run.yaml`;
    const edited = (await Deno.readTextFile(path))
      .replace(/(mock_server:\n[^:]*?)# enabled: false/, "$1enabled: true")
      .replace("# request_count:", "request_count: 3");
    await Deno.writeTextFile(path, edited);
    const { code, stdout, stderr } = await sandbox.run(["profile", "--config", "my run.yaml"]);
    assertEquals(code, 0, stderr);
    assertMatch(stdout, /Credits: 3 issued = 3 succeeded/);
  });
});
