import { assertEquals } from "@std/assert";
import { InFlight } from "../../../services/worker/in_flight.ts";
import { FakeClock, settle } from "../../helpers/fake_clock.ts";

Deno.test("each request is cut off when its own time is up", async () => {
  const clock = new FakeClock();
  const inFlight = new InFlight(clock, { timeoutMs: 100 });
  const { signal } = new AbortController();
  const first = inFlight.open(signal);
  await clock.advance(60);
  const second = inFlight.open(signal);
  await clock.advance(39);
  assertEquals([first.cut, second.cut], [null, null]);
  await clock.advance(1);
  assertEquals([first.cut, second.cut], ["timeout", null]);
  assertEquals([first.signal.aborted, second.signal.aborted], [true, false]);
  await clock.advance(60);
  assertEquals(second.cut, "timeout");
  first.close();
  second.close();
  assertEquals(inFlight.size, 0);
});

Deno.test("a request that is over is not cut off, and later ones are still watched", async () => {
  const clock = new FakeClock();
  const inFlight = new InFlight(clock, { timeoutMs: 100 });
  const { signal } = new AbortController();
  const first = inFlight.open(signal);
  first.close();
  const second = inFlight.open(signal);
  await settle();
  await clock.advance(50);
  const third = inFlight.open(signal);
  second.close();
  await clock.advance(99);
  assertEquals(third.cut, null);
  await clock.advance(1);
  assertEquals([first.cut, second.cut, third.cut], [null, null, "timeout"]);
  third.close();
});

Deno.test("a signal cuts off its own requests, and leaves no listener behind", () => {
  const inFlight = new InFlight(new FakeClock(), { timeoutMs: 100 });
  const run = new AbortController();
  const other = new AbortController();
  const listeners = countListeners(run.signal);
  const [a, b, c] = [
    inFlight.open(run.signal),
    inFlight.open(run.signal),
    inFlight.open(other.signal),
  ];
  assertEquals(listeners(), 1);
  run.abort();
  assertEquals([a.cut, b.cut, c.cut], ["cancelled", "cancelled", null]);
  for (const request of [a, b, c]) request.close();
  assertEquals(listeners(), 0);
  assertEquals(inFlight.size, 0);
});

Deno.test("thousands that are cut off together need no exception each", () => {
  const inFlight = new InFlight(new FakeClock(), { timeoutMs: 100 });
  const run = new AbortController();
  const requests = [inFlight.open(run.signal), inFlight.open(run.signal)];
  run.abort("the phase is over");
  const [first, second] = requests.map(({ signal }) => signal.reason as unknown);
  assertEquals([typeof first, first === second], ["string", true]);
  for (const request of requests) request.close();
});

Deno.test("a signal that has aborted cuts off at once", () => {
  const inFlight = new InFlight(new FakeClock(), { timeoutMs: 100 });
  const request = inFlight.open(AbortSignal.abort());
  assertEquals(request.cut, "cancelled");
  assertEquals(request.signal.aborted, true);
  request.close();
});

Deno.test("a complete answer waits only a little for the rest", async () => {
  const clock = new FakeClock();
  const inFlight = new InFlight(clock, { timeoutMs: 100, lingerMs: 20 });
  const { signal } = new AbortController();
  const request = inFlight.open(signal);
  await clock.advance(95);
  request.linger();
  await clock.advance(19);
  assertEquals(request.cut, null);
  await clock.advance(1);
  assertEquals(request.cut, "linger");
  request.close();
});

Deno.test("the first reason to cut off stays", async () => {
  const clock = new FakeClock();
  const inFlight = new InFlight(clock, { timeoutMs: 100 });
  const run = new AbortController();
  const request = inFlight.open(run.signal);
  await clock.advance(100);
  run.abort();
  assertEquals(request.cut, "timeout");
  request.close();
});

Deno.test("no sleeper stays behind, however requests come and go", async () => {
  const clock = new FakeClock();
  const sleeping = countSleepers(clock);
  const inFlight = new InFlight(clock, { timeoutMs: 2 ** 40 });
  const { signal } = new AbortController();
  for (let i = 0; i < 10; i++) {
    const request = inFlight.open(signal);
    if (i % 2 === 0) await settle();
    assertEquals(sleeping(), 1);
    request.close();
    await settle();
    assertEquals(sleeping(), 0);
  }
});

Deno.test("one sleeper watches over all requests", async () => {
  const clock = new FakeClock();
  const sleeping = countSleepers(clock);
  const inFlight = new InFlight(clock, { timeoutMs: 100 });
  const { signal } = new AbortController();
  const requests = Array.from({ length: 5 }, () => inFlight.open(signal));
  await settle();
  assertEquals(sleeping(), 1);
  requests.forEach((request) => request.close());
  await settle();
  assertEquals(sleeping(), 0);
});

function countListeners(signal: AbortSignal): () => number {
  let count = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    count++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    count--;
    removeEventListener.apply(signal, args);
  };
  return () => count;
}

function countSleepers(clock: FakeClock): () => number {
  let count = 0;
  const sleep = clock.sleep.bind(clock);
  clock.sleep = async (ms, signal) => {
    count++;
    await sleep(ms, signal);
    count--;
  };
  return () => count;
}
