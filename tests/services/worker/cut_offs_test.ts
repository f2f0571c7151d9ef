import { assertEquals } from "@std/assert";
import { CutOffs } from "../../../services/worker/cut_offs.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

const MS = 1e6;

Deno.test("a phase that is over by the clock cuts off what it sends, and what it has sent", async () => {
  const clock = new FakeClock();
  const cutOff = new CutOffs(clock).of("profiling");
  const cutOffNs = clock.nowNs() + 10 * MS;
  const sent = cutOff.signalFor({ cutOffNs });
  assertEquals(sent.aborted, false);
  await clock.advance(10);
  assertEquals(cutOff.signalFor({ cutOffNs }).aborted, true);
  assertEquals(sent.aborted, true);
});

Deno.test("a phase without an end that is known goes on until it is cut off", async () => {
  const clock = new FakeClock();
  const cutOffs = new CutOffs(clock);
  const signal = cutOffs.of("profiling").signalFor({});
  await clock.advance(1e6);
  assertEquals(signal.aborted, false);
  cutOffs.all();
  assertEquals(signal.aborted, true);
});

Deno.test("the end of the warm-up does not cut off what is measured", async () => {
  const clock = new FakeClock();
  const cutOffs = new CutOffs(clock);
  const cutOffNs = clock.nowNs() + MS;
  const measured = cutOffs.of("profiling").signalFor({});
  await clock.advance(1);
  assertEquals(cutOffs.of("warmup").signalFor({ cutOffNs }).aborted, true);
  assertEquals(measured.aborted, false);
});

Deno.test("what was in hand when all was cut off is not sent; what comes later is", () => {
  const cutOffs = new CutOffs(new FakeClock());
  const inHand = cutOffs.of("profiling");
  cutOffs.all();
  assertEquals(inHand.signalFor({}).aborted, true);
  assertEquals(cutOffs.of("profiling").signalFor({}).aborted, false);
});

Deno.test("a worker that has closed sends nothing any more", () => {
  const cutOffs = new CutOffs(new FakeClock());
  cutOffs.close();
  assertEquals(cutOffs.of("profiling").signalFor({}).aborted, true);
});
