import { assertEquals, assertMatch } from "@std/assert";
import { filesBelow } from "../helpers/artifacts.ts";
import { type Sandbox, withSandbox } from "../helpers/run_aiperf.ts";
import { closedUrl, withServer } from "../helpers/servers.ts";

/** What the program is started with, and all that it must say. */
interface Refusal {
  readonly name: string;
  readonly args: string;
  readonly files?: Record<string, string>;
  readonly env?: Record<string, string>;
  readonly lines: readonly string[];
}

const REFUSALS: readonly Refusal[] = [
  {
    name: "an unknown option, with the nearest one",
    args: "--mock-server --concurency 8",
    lines: ["--concurency: unknown option; did you mean --concurrency?"],
  },
  {
    name: "an unknown command",
    args: "profil --mock-server",
    lines: ['"profil": unknown command; did you mean profile?'],
  },
  {
    name: "numbers that are none, negative, zero or out of range, each with its flag and value",
    args:
      "--mock-server --concurrency abc --request-rate -2.5 --osl 0 --isl NaN --random-seed 1.5 " +
      "--request-timeout-seconds inf --mock-error-rate 2",
    lines: [
      '--concurrency: must be a whole number of at least 1, got "abc"',
      '--request-rate: must be a number above 0, got "-2.5"',
      '--osl: must be a whole number of at least 1, got "0"',
      '--isl: must be a whole number from 1 to 10000000, got "NaN"',
      '--random-seed: must be a whole number of at least 0, got "1.5"',
      '--request-timeout-seconds: must be a number above 0, got "inf"',
      '--mock-error-rate: must be a number from 0 to 1, got "2"',
    ],
  },
  {
    name: "options that contradict each other",
    args: "--mock-server --url http://localhost:1234 --request-count 4 --concurrency 8 " +
      "--arrival-pattern constant --benchmark-grace-period 1",
    lines: [
      "--url: contradicts --mock-server, which brings a server of its own",
      "--arrival-pattern: has no effect without --request-rate",
      "--benchmark-grace-period: has no effect without --benchmark-duration",
      "--request-count: must be at least the concurrency (8), got 4",
    ],
  },
  {
    name: "every contradiction of a load, at once",
    args: "--mock-server --fixed-schedule --user-centric-rate 10 --num-users 2 --concurrency 4 " +
      "--prefill-concurrency 2 --warmup-duration 1 --warmup-concurrency-ramp-duration 2 " +
      "--benchmark-grace-period 5 --request-rate 0 --request-cancellation-delay -1 " +
      "--request-cancellation-rate 101",
    lines: [
      '--request-rate: must be a number above 0, got "0"',
      '--request-cancellation-delay: must be a number of at least 0, got "-1"',
      '--request-cancellation-rate: must be a number from 0 to 100, got "101"',
      "--user-centric-rate: contradicts --fixed-schedule, which sets the pace too",
      "--concurrency: contradicts --user-centric-rate; say how many by --num-users",
      "--fixed-schedule: needs --input-file with timestamps",
      "--warmup-concurrency-ramp-duration: must be at most --warmup-duration (1), got 2",
      "--prefill-concurrency: needs --streaming",
      "--benchmark-grace-period: has no effect without --benchmark-duration",
    ],
  },
  {
    name: "a fixed schedule of a file without times, with what else is wrong",
    args: "--url http://localhost:9 --fixed-schedule --input-file nots.jsonl " +
      "--prefill-concurrency 3 --concurrency 4",
    files: { "nots.jsonl": '\uFEFF\n \r\n{"text":"a"}\r\n{"text":"b"}\r\n' },
    lines: [
      '--fixed-schedule: needs timestamps; the first line of "nots.jsonl" has none',
      "--prefill-concurrency: needs --streaming",
    ],
  },
  {
    name: "a run type that is not there yet",
    args: "--mock-server --run-type k8s",
    lines: ["--run-type: k8s is not there yet; use process"],
  },
  {
    name: "a stream of an API that never streams, and a template that there is none of",
    args: "--mock-server --endpoint-type embeddings --streaming --payload-template a",
    lines: [
      "--streaming: has no effect with --endpoint-type embeddings, whose answers come whole",
      "--payload-template: has no effect without --endpoint-type template",
    ],
  },
  {
    name: "a configuration file that does not exist",
    args: "--mock-server --config nope.yaml",
    lines: ['--config: cannot read "nope.yaml": no such file'],
  },
  {
    name: "an input file that does not exist",
    args: "--mock-server --input-file nope.jsonl",
    lines: ['--input-file: cannot read "nope.jsonl": no such file'],
  },
  {
    name: "malformed YAML, with the line",
    args: "--config run.yaml",
    files: { "run.yaml": "mock_server:\n  enabled: true\n ttft: 5\n" },
    lines: [
      "run.yaml: is not valid YAML: Cannot read block: bad indentation of a mapping entry at " +
      "line 3, column 2",
    ],
  },
  {
    name: "a configuration file that is a folder",
    args: "--config .",
    lines: ['--config: cannot read ".": it is a folder'],
  },
  {
    name: "problems of the command line, the environment and the file, all at once",
    args: "--mock-server --cncurrency 5 --osl=0 --config run.yaml",
    env: { AIPERF_ISL: "long" },
    files: { "run.yaml": "loadgen:\n  request_count: no\n  concurency: 1\n" },
    lines: [
      "--cncurrency: unknown option; did you mean --concurrency?",
      "run.yaml: loadgen.concurency: unknown key; did you mean loadgen.concurrency?",
      '--osl: must be a whole number of at least 1, got "0"',
      'AIPERF_ISL: must be a whole number from 1 to 10000000, got "long"',
      'run.yaml: loadgen.request_count: must be a whole number of at least 1, got "no"',
    ],
  },
  {
    name: "an artifact folder that cannot be made",
    args: "--mock-server --artifact-dir file/out",
    files: { file: "" },
    lines: [
      'aiperf: --artifact-dir: cannot write to "<cwd>/file/out": it, or a part of its path, is a file',
    ],
  },
  {
    name: "an artifact folder among the system's own",
    args: "--mock-server --artifact-dir /dev/aiperf",
    lines: [
      'aiperf: --artifact-dir: cannot write to "/dev/aiperf": it belongs to the system',
    ],
  },
  {
    name: "an artifact folder that holds a run",
    args: "--mock-server --artifact-dir .",
    files: { "records.jsonl": "{}\n" },
    lines: [
      'aiperf: --artifact-dir: "<cwd>/." already holds a run; choose another folder or give --overwrite',
    ],
  },
  {
    name: "a runtime folder that does not exist",
    args: "--mock-server --runtime-dir nowhere --artifact-dir out",
    lines: [
      'aiperf: Cannot make a run directory in "<cwd>/nowhere": No such file or directory; choose ' +
      "one by --runtime-dir",
    ],
  },
];

for (const { name, args, files = {}, env = {}, lines } of REFUSALS) {
  Deno.test(`refused with 2 before anything starts: ${name}`, async () => {
    await withSandbox(async (sandbox) => {
      for (const [file, text] of Object.entries(files)) {
        await Deno.writeTextFile(`${sandbox.path}/${file}`, text);
      }
      const { code, stdout, stderr } = await sandbox.run(args.split(" "), { env });
      const said = stderr.replaceAll(sandbox.path, "<cwd>");
      assertEquals({ code, stdout, lines: said.trimEnd().split("\n") }, {
        code: 2,
        stdout: "",
        lines: [...lines],
      });
      assertEquals(await filesIn(sandbox), Object.keys(files).toSorted());
    });
  });
}

/** The files in the sandbox's folder, without folders that are empty. */
function filesIn({ path }: Sandbox): Promise<string[]> {
  return filesBelow(path);
}

/** A server that gives no model, and what must be said of it; `<url>` stands for its base URL. */
const MODEL_LISTS: readonly (readonly [name: string, answer: () => Response, said: string])[] = [
  [
    "lists none",
    () => Response.json({ data: [] }),
    "--model: none given and <url>/v1/models offers no model; name the model by --model",
  ],
  [
    "lists several",
    () => Response.json({ data: [{ id: "a" }, { id: "b" }] }),
    "--model: none given and <url>/v1/models offers 2 models: a, b; name the model by --model",
  ],
  [
    "has no list",
    () => new Response("not found", { status: 404 }),
    "--model: none given and none to be found: GET <url>/v1/models answered 404; name the model " +
    "by --model",
  ],
  [
    "answers with HTML",
    () => new Response("<html></html>"),
    "--model: none given and none to be found: GET <url>/v1/models did not answer a list of " +
    "models; name the model by --model",
  ],
];

for (const [name, answer, said] of MODEL_LISTS) {
  Deno.test(`refused with 2 before anything starts: no --model for a server that ${name}`, async () => {
    let requests = 0;
    const handler = () => {
      requests++;
      return answer();
    };
    await withServer(handler, async (url) => {
      await withSandbox(async (sandbox) => {
        const finished = await sandbox.run(["--url", url, "--artifact-dir", "out"]);
        const stderr = `aiperf: ${said.replaceAll("<url>", url)}\n`;
        assertEquals(finished, { code: 2, stdout: "", stderr });
        assertEquals(await filesIn(sandbox), []);
        assertEquals(requests, 1);
      });
    });
  });
}

/** A URL where nobody answers, and what must be said of it. */
const UNREACHABLE: readonly (readonly [name: string, url: () => string, why: string])[] = [
  [
    "a port where nobody listens",
    closedUrl,
    "connection refused; is the server running on this port?",
  ],
  [
    // No name is so long: no resolver has to be asked.
    "a host name that does not exist",
    () => `http://${"x".repeat(64)}.invalid`,
    "the host name cannot be resolved; is it spelled right?",
  ],
];

for (const [name, makeUrl, why] of UNREACHABLE) {
  Deno.test(`fails with 1 before the load: ${name}, with a model`, async () => {
    const url = makeUrl();
    await withSandbox(async (sandbox) => {
      const args = ["--url", url, "--model", "m", "--artifact-dir", "out"];
      const { code, stdout, stderr } = await sandbox.run(args);
      assertEquals({ code, stdout, lines: stderr.trimEnd().split("\n") }, {
        code: 1,
        stdout: "",
        lines: [
          `aiperf: Cannot reach ${url}: ${why}`,
          `aiperf: see ${sandbox.path}/out/logs/aiperf.log`,
        ],
      });
    });
  });

  Deno.test(`fails with 1 before the load: ${name}, without a model`, async () => {
    const url = makeUrl();
    await withSandbox(async (sandbox) => {
      const finished = await sandbox.run(["--url", url, "--artifact-dir", "out"]);
      const stderr = `aiperf: Cannot reach ${url}/v1/models: ${why}\n`;
      assertEquals(finished, { code: 1, stdout: "", stderr });
      assertEquals(await filesIn(sandbox), []);
    });
  });
}

Deno.test("a run that never began leaves its folder to the next one", async () => {
  await withSandbox(async (sandbox) => {
    const into = ["--model", "m", "--artifact-dir", "out"];
    assertEquals((await sandbox.run(["--url", closedUrl(), ...into])).code, 1);
    const { code, stderr } = await sandbox.run(["--mock-server", ...into]);
    assertEquals(code, 0, stderr);
  });
});

Deno.test("fails with 1 before the load: a server that does not speak HTTP", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const greeting = async () => {
    for await (const conn of listener) {
      await conn.write(new TextEncoder().encode("220 mail.example ESMTP\r\n"));
      // Until the client has gone.
      for await (const _ of conn.readable);
    }
  };
  const greeted = greeting();
  const url = `http://127.0.0.1:${listener.addr.port}`;
  await withSandbox(async (sandbox) => {
    const { code, stdout, stderr } = await sandbox.run(["--url", url, "--artifact-dir", "out"]);
    assertEquals({ code, stdout }, { code: 1, stdout: "" });
    assertMatch(
      stderr,
      /^aiperf: Cannot reach \S+: it does not speak HTTP \(.*\); is it http or https\?\n$/,
    );
  });
  listener.close();
  await greeted;
});
