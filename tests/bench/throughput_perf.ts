import { type Figure, figure } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { byService, processTree } from "./process_tree.ts";
import { ToolRun } from "./tool_run.ts";

const CONCURRENCY = 32;
const INPUT_TOKENS = 100;
const CHUNKS = 16;
const SAMPLE_MS = 100;
/** What is measured of a run: not its start, when code is still compiled, nor its end. */
const FROM_SHARE = 0.3;
const TO_SHARE = 0.95;
const BARE_CLIENT = new URL("./bare_client.ts", import.meta.url).pathname;

/** Requests per second and processor time of the whole tool, against a bare loop of fetches. */
export async function measureThroughput(): Promise<Figure[]> {
  return [
    ...await measureKind("whole answers", { streaming: false, count: 10_000 }),
    ...await measureKind(`streams of ${CHUNKS}`, { streaming: true, count: 8_000 }),
  ];
}

interface Load {
  readonly streaming: boolean;
  readonly count: number;
}

async function measureKind(name: string, load: Load): Promise<Figure[]> {
  const tool = await measureTool(load);
  const bare = await measureClients("fetch", load, [CONCURRENCY]);
  const ceiling = await measureClients("socket", { ...load, count: 6 * load.count }, [16]);
  return [
    figure(`${name}: requests`, [tool.perSecond, "/s"], {
      reference: { what: "bare fetch", value: bare.perSecond },
    }),
    figure(`${name}: what the mock serves`, [ceiling.perSecond, "/s"], {
      reference: { what: "the tool", value: tool.perSecond },
      target: { of: "ratio", atLeast: 3 },
    }),
    figure(`${name}: CPU of a request`, [tool.cpuUs, "µs"], {
      reference: { what: "bare fetch", value: bare.cpuUs },
    }),
    ...[...tool.cpuUsByService].map(([service, us]) => figure(`  ${service}`, [us, "µs"])),
  ];
}

/** What a client did between two samples. */
interface Steady {
  readonly perSecond: number;
  /** Processor time of a request over all processes, and by kind of process. */
  readonly cpuUs: number;
  readonly cpuUsByService: Map<string, number>;
}

async function measureTool({ streaming, count }: Load): Promise<Steady> {
  await using server = await MockProcess.start();
  const load = ["--concurrency", `${CONCURRENCY}`, "--request-count", `${count}`];
  const size = ["--isl", `${INPUT_TOKENS}`, "--osl", `${CHUNKS}`];
  await using run = new ToolRun(server, [...load, ...size, ...streaming ? ["--streaming"] : []]);
  const steady = await observe(server, [run.pid], count);
  await run.end();
  return steady;
}

async function measureClients(
  kind: "fetch" | "socket",
  { streaming, count }: Load,
  concurrencies: readonly number[],
): Promise<Steady> {
  await using server = await MockProcess.start();
  const body = JSON.stringify({
    messages: [{ role: "user", content: "word ".repeat(INPUT_TOKENS) }],
    model: "mock-model",
    stream: streaming,
    max_completion_tokens: CHUNKS,
  });
  const url = `${server.url}/v1/chat/completions`;
  const clients = concurrencies.map((concurrency) =>
    new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", BARE_CLIENT, kind, url, `${concurrency}`, `${count}`, body],
    }).spawn()
  );
  const steady = await observe(server, clients.map(({ pid }) => pid), count * clients.length);
  await Promise.all(clients.map(({ status }) => status));
  return steady;
}

interface Sample {
  readonly atMs: number;
  readonly received: number;
  readonly cpuMs: Map<string, number>;
}

async function observe(
  server: MockProcess,
  roots: readonly number[],
  count: number,
): Promise<Steady> {
  const samples: Sample[] = [];
  for (let received = 0; received < TO_SHARE * count;) {
    await new Promise((resolve) => setTimeout(resolve, SAMPLE_MS));
    received = (await server.stats()).received;
    const tree = roots.flatMap((pid) => processTree(pid));
    if (tree.length === 0) break;
    samples.push({ atMs: performance.now(), received, cpuMs: byService(tree, (one) => one.cpuMs) });
  }
  const first = samples.find(({ received }) => received >= FROM_SHARE * count);
  if (first === undefined) throw new Error("The client ended before it could be observed");
  return between(first, samples.at(-1)!);
}

function between(first: Sample, last: Sample): Steady {
  const requests = last.received - first.received;
  const cpuUsByService = new Map(
    [...last.cpuMs].map(([service, ms]) =>
      [service, (ms - (first.cpuMs.get(service) ?? 0)) * 1e3 / requests] as const
    ),
  );
  const cpuUs = [...cpuUsByService.values()].reduce((sum, us) => sum + us, 0);
  return { perSecond: requests * 1e3 / (last.atMs - first.atMs), cpuUs, cpuUsByService };
}
