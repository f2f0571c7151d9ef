import { Answer } from "../../services/worker/answer.ts";
import { chatEndpoint } from "../../services/worker/endpoints/chat.ts";
import { SseParser } from "../../services/worker/sse.ts";

/** How fast a worker reads streamed chat events, against the least that could be done. */
export interface SseBenchResult {
  /** Events in one network read. */
  eventsPerRead: number;
  /** Bytes of one event. */
  eventBytes: number;
  /** Parser, chat endpoint and answer together. */
  eventsPerSecond: number;
  /** Decoding, splitting at blank lines and `JSON.parse`, with no care for anything. */
  bareEventsPerSecond: number;
  /** `eventsPerSecond` / `bareEventsPerSecond`. */
  ratio: number;
}

const EVENT = `data: ${
  JSON.stringify({
    id: "chatcmpl-9f8e7d6c5b4a",
    object: "chat.completion.chunk",
    created: 1760000000,
    model: "meta-llama/Llama-3.1-8B-Instruct",
    choices: [{ index: 0, delta: { content: " benchmark" }, finish_reason: null }],
  })
}\n\n`;

/** So many events make up one answer. */
const EVENTS_PER_ANSWER = 256;

/** Measures both ways of reading in turn, several times, and takes the fastest of each; about 1 s. */
export function benchmarkSse(eventsPerRead: number, events = 50_000): SseBenchResult {
  const read = new TextEncoder().encode(EVENT.repeat(eventsPerRead));
  const reads = Math.ceil(events / eventsPerRead);
  let best = Infinity;
  let bareBest = Infinity;
  for (let round = 0; round < 6; round++) {
    bareBest = Math.min(bareBest, millisecondsOf(() => readBare(read, reads)));
    best = Math.min(best, millisecondsOf(() => readAsWorker(read, reads)));
  }
  const perSecond = (ms: number) => reads * eventsPerRead * 1000 / ms;
  return {
    eventsPerRead,
    eventBytes: read.length / eventsPerRead,
    eventsPerSecond: perSecond(best),
    bareEventsPerSecond: perSecond(bareBest),
    ratio: bareBest / best,
  };
}

function readAsWorker(read: Uint8Array, reads: number): number {
  let chunks = 0;
  const perAnswer = Math.ceil(EVENTS_PER_ANSWER * EVENT.length / read.length);
  for (let done = 0; done < reads;) {
    const answer = new Answer({ keepText: true });
    let afterNs = 0;
    const parser = new SseParser((event) => answer.add(chatEndpoint.readEvent(event), afterNs));
    for (let i = 0; i < perAnswer && done < reads; i++, done++) {
      afterNs = performance.now() * 1e6;
      parser.push(read);
    }
    parser.end();
    chunks += answer.chunksAfterNs.length;
  }
  return chunks;
}

interface BareChunk {
  choices: { delta: { content?: string } }[];
}

function readBare(read: Uint8Array, reads: number): number {
  const decoder = new TextDecoder();
  let chunks = 0;
  for (let i = 0; i < reads; i++) {
    for (const event of decoder.decode(read, { stream: true }).split("\n\n")) {
      if (!event.startsWith("data: ")) continue;
      const body = JSON.parse(event.slice(6)) as BareChunk;
      if (body.choices[0]?.delta.content) chunks++;
    }
  }
  return chunks;
}

function millisecondsOf(work: () => number): number {
  const start = performance.now();
  if (work() === 0) throw new Error("the benchmark has read nothing");
  return performance.now() - start;
}
