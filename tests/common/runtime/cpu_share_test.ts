import { assertEquals } from "@std/assert";
import { comeForward, cpuShare, standBack } from "../../../common/runtime/cpu_share.ts";
import { withFolder } from "../../helpers/journal_text.ts";
import { hasUsualNiceness } from "../../helpers/niceness.ts";
import { until } from "../../helpers/until.ts";

const MODULE = import.meta.resolve("../../../common/runtime/cpu_share.ts");

/** Prints the niceness of every thread of its own, and of its session's scheduling group. */
const PROBE = `
  const { comeForward, standBack } = await import(${JSON.stringify(MODULE)});
  await standBack();
  if (Deno.args[0] === "and come forward") await comeForward();
  const niceness = new Set();
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    const stat = Deno.readTextFileSync("/proc/self/task/" + name + "/stat");
    niceness.add(Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]));
  }
  let group = null;
  try {
    group = Number(Deno.readTextFileSync("/proc/self/autogroup").trim().split(" ").at(-1));
  } catch {
    // This kernel has no such groups.
  }
  console.log(JSON.stringify({ threads: [...niceness], group }));
`;

const IS_USUAL = await hasUsualNiceness();
const HAS_GROUPS = IS_USUAL && await has("/proc/self/autogroup");

async function has(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}

/** What the probe prints; `command`: the start of a session, and of the probe in it. */
async function probe(command: readonly string[], ...what: string[]) {
  const [executable, ...args] = [...command, Deno.execPath(), "eval", PROBE, ...what];
  const options = { args, detached: true, stdout: "piped" } as const;
  const { stdout } = await new Deno.Command(executable!, options).spawn().output();
  const { threads, group } = JSON.parse(new TextDecoder().decode(stdout));
  return { threads, group: group ?? threads[0] };
}

Deno.test({
  name: "who stands back does so with all its threads, and with its scheduling group",
  ignore: !IS_USUAL,
  async fn() {
    assertEquals(await probe([]), { threads: [10], group: 10 });
  },
});

Deno.test({
  name: "who is not the first of its session does not make the others of it stand back",
  ignore: !IS_USUAL,
  async fn() {
    const inSession = ["/bin/sh", "-c", '"$@"; exit $?', "sh"];
    assertEquals(await probe(inSession), { threads: [0], group: 0 });
  },
});

Deno.test({
  name: "who comes forward again has the usual share of its scheduling group",
  ignore: !HAS_GROUPS,
  async fn() {
    assertEquals((await probe([], "and come forward")).group, 0);
  },
});

/** Goes as soon as its shell has begun; the shell runs its script only when nobody has its parent's id. */
const GOING = `
  const { standBack } = await import(${JSON.stringify(MODULE)});
  const shell = Deno.cwd() + "/sh";
  const script = [
    "#!/bin/sh",
    ": >begun",
    "while kill -0 " + Deno.pid + " 2>/dev/null; do sleep 0.02; done",
    'exec /bin/sh "$@"',
  ];
  Deno.writeTextFileSync(shell, script.join("\\n"), { mode: 0o755 });
  void standBack(shell);
  setInterval(() => {
    try {
      Deno.statSync("begun");
      Deno.exit(0);
    } catch {
      // Not yet.
    }
  }, 10);
`;

Deno.test({
  name:
    "who is gone before its shell gets to it does not make whoever takes its children stand back",
  ignore: Deno.build.os === "windows",
  async fn() {
    await withFolder(async (folder) => {
      await Deno.mkdir(`${folder}/bin`);
      const renice = '#!/bin/sh\necho "$@" >told.part\nmv told.part told\n';
      await Deno.writeTextFile(`${folder}/bin/renice`, renice, { mode: 0o755 });
      const going = new Deno.Command(Deno.execPath(), {
        args: ["eval", GOING],
        cwd: folder,
        detached: true,
        env: { PATH: `${folder}/bin:${Deno.env.get("PATH")}` },
        stdin: "null",
      }).spawn();
      await going.status;
      const told = await until(
        "what is to stand back",
        () => Deno.readTextFile(`${folder}/told`).catch(() => null),
      );
      assertEquals(told, `10 -g ${going.pid}\n`);
    });
  },
});

Deno.test("without a shell everything stays as it is", async () => {
  await standBack("/nowhere/sh");
  await comeForward("/nowhere/sh");
});

Deno.test("a process stands back once, comes forward once and after that, and stands back no more", async () => {
  const done: string[] = [];
  const standing = Promise.withResolvers<void>();
  const share = cpuShare({
    standBack: () => standing.promise.then(() => void done.push("back")),
    comeForward: () => Promise.resolve(void done.push("forward")),
  });
  const all = [
    share.standBack(),
    share.standBack(),
    share.comeForward(),
    share.comeForward(),
    share.standBack(),
  ];
  standing.resolve();
  await Promise.all(all);
  assertEquals(done, ["back", "forward"]);
});

Deno.test("a process that comes forward before it has stood back never does", async () => {
  const done: string[] = [];
  const share = cpuShare({
    standBack: () => Promise.resolve(void done.push("back")),
    comeForward: () => Promise.resolve(void done.push("forward")),
  });
  await share.comeForward();
  await share.standBack();
  assertEquals(done, ["forward"]);
});
