import { assertEquals } from "@std/assert";
import { fullWayOf, WayOut } from "../../../services/timing_manager/way_out.ts";
import { settle } from "../../helpers/fake_clock.ts";

Deno.test("the way is full until the socket and the workers have room, and only they are waited for as workers", async () => {
  assertEquals(fullWayOf({ sent: undefined, taken: undefined }), null);
  const [sent, taken] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  assertEquals(fullWayOf({ sent: sent.promise, taken: undefined })!.isForWorkers, false);
  assertEquals(fullWayOf({ sent: undefined, taken: taken.promise })!.isForWorkers, true);
  const both = fullWayOf({ sent: sent.promise, taken: taken.promise })!;
  assertEquals(both.isForWorkers, true);
  const way = new WayOut();
  way.note(both, 10);
  sent.resolve();
  await settle();
  assertEquals(way.full, both.room);
  taken.resolve();
  await settle();
  assertEquals(way.full, null);
});

Deno.test("a wait for workers begins when they were behind, or when the credit could have gone", () => {
  const way = new WayOut();
  assertEquals(way.waitNs(10, 90), 0);
  way.note({ room: Promise.resolve(), isForWorkers: true }, 40);
  way.note({ room: Promise.resolve(), isForWorkers: true }, 60);
  assertEquals([way.waitNs(10, 90), way.waitNs(70, 90), way.waitNs(95, 90)], [50, 20, 0]);
  way.noteInTime();
  assertEquals(way.waitNs(10, 90), 0);
});
