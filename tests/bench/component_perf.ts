import { type Figure, figure } from "./figure.ts";
import { measureMessages } from "./messages_bench.ts";
import { benchmarkSse } from "./sse_bench.ts";
import type { SummaryCost } from "./summary_bench.ts";

const SUMMARY_BENCH = new URL("./summary_bench.ts", import.meta.url).pathname;

/** Messages between two processes, validated, against bare frames of JSON. */
export async function figuresOfMessages(): Promise<Figure[]> {
  const { ours, bare } = await measureMessages();
  return [
    figure("messages: one way", [ours.oneWayPerSecond, "/s"], {
      reference: { what: "bare frames", value: bare.oneWayPerSecond },
      target: { of: "ratio", atLeast: 0.5 },
    }),
    figure("messages: round trip", [ours.roundTripUs, "µs"], {
      reference: { what: "bare frames", value: bare.roundTripUs },
      target: { of: "ratio", atMost: 2 },
    }),
  ];
}

/** Events that one worker reads in a second, against splitting and `JSON.parse`. */
export function figuresOfEvents(): Promise<Figure[]> {
  const figures = [1, 16].map((eventsPerRead) => {
    const { eventsPerSecond, bareEventsPerSecond } = benchmarkSse(eventsPerRead);
    return figure(`SSE events, ${eventsPerRead} a read`, [eventsPerSecond, "/s"], {
      reference: { what: "bare parsing", value: bareEventsPerSecond },
    });
  });
  return Promise.resolve(figures);
}

/** A million records of 16 chunks, in a process of their own. */
export async function figuresOfSummary(): Promise<Figure[]> {
  const { stdout } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", SUMMARY_BENCH],
    stderr: "inherit",
  }).output();
  const cost = JSON.parse(new TextDecoder().decode(stdout)) as SummaryCost;
  return [
    figure("a million records: while they come", [cost.addMs / 1e3, "s"]),
    figure("a million records: the summary", [cost.summariseMs / 1e3, "s"], {
      target: { of: "value", atMost: 20 },
    }),
    figure("a million records: memory", [cost.rssBytes / 1e6, "MB"], {
      target: { of: "value", atMost: 1000 },
    }),
  ];
}
