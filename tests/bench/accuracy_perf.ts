import { type Figure, figure, mean, quantile } from "./figure.ts";
import { MockProcess } from "./mock_process.ts";
import { type JoinedRequest, ToolRun } from "./tool_run.ts";

const TOKENS = 50;
const CONCURRENCY = 8;
const REQUESTS = 160;

/** How true the times are: those of the tool against those that the server has logged itself. */
export async function measureAccuracy(): Promise<Figure[]> {
  await using server = await MockProcess.start(["--ttft", "100", "--itl", "10"]);
  const load = ["--concurrency", `${CONCURRENCY}`, "--request-count", `${REQUESTS}`];
  await using run = new ToolRun(server, [...load, "--osl", `${TOKENS}`, "--streaming"]);
  await run.end();
  const joined = await run.joined(server);
  const { maxInFlight, received } = await server.stats();
  const ttftMs = joined.map(ttftErrorMs);
  const itlMs = joined.map(itlErrorMs);
  const wrong = joined.filter(({ record }) => record.chunksAfterNs.length !== TOKENS).length;
  return [
    figure("truth: TTFT too long by, average", [mean(ttftMs), "ms"], atMost(2)),
    figure("  99 of 100 within", [quantile(ttftMs.map(Math.abs), 0.99), "ms"]),
    figure("truth: ITL too long by, average", [mean(itlMs), "ms"], atMost(0.3)),
    figure("  99 of 100 within", [quantile(itlMs.map(Math.abs), 0.99), "ms"]),
    figure(`truth: answers not of ${TOKENS} tokens`, [wrong, ""], atMost(0)),
    figure("truth: most in flight", [maxInFlight, ""], atMost(CONCURRENCY)),
    figure("truth: requests", [received, ""], exactly(REQUESTS)),
  ];
}

/** Time to first token by the tool, less that from the request's arrival to the token's write. */
export function ttftErrorMs({ record, server }: JoinedRequest): number {
  return record.chunksAfterNs[0]! / 1e6 - (server.tokenWriteMs[0]! - server.receivedMs);
}

/** Average pause between tokens by the tool, less that of their writes. */
export function itlErrorMs({ record, server }: JoinedRequest): number {
  const byTool = averageGap(record.chunksAfterNs.map((ns) => ns / 1e6));
  return byTool - averageGap(server.tokenWriteMs);
}

function averageGap(times: readonly number[]): number {
  return (times.at(-1)! - times[0]!) / (times.length - 1);
}

/** A target for the figure itself. */
export function atMost(limit: number): Pick<Figure, "target"> {
  return { target: { of: "value", atMost: limit } };
}

/** A target that leaves nothing open. */
function exactly(value: number): Pick<Figure, "target"> {
  return { target: { of: "value", atMost: value, atLeast: value } };
}
