import { assertEquals } from "@std/assert";
import { SilenceWatch, type Watched } from "../../../services/system_controller/silence.ts";

const SECOND = 1e9;

/** Looks four times a second until an instant; returns the first at which a service was silent. */
function firstSilenceS(watch: SilenceWatch, service: Watched, untilS: number): number | null {
  for (let atNs = 0; atNs <= untilS * SECOND; atNs += SECOND / 4) {
    if (watch.look(atNs, [service]).length > 0) return atNs / SECOND;
  }
  return null;
}

Deno.test("a service is taken for hung when nothing was heard of it for four and a half seconds", () => {
  const service: Watched = { id: "a", seenNs: 0, owed: [] };
  assertEquals(firstSilenceS(new SilenceWatch(), service, 10), 4.5);
});

Deno.test("one that is deep in its work is given a minute, and no more", () => {
  for (const kind of ["configure", "write_results"] as const) {
    const service: Watched = { id: "a", seenNs: 0, owed: ["beat", kind] };
    assertEquals(firstSilenceS(new SilenceWatch(), service, 100), 60);
  }
  const service: Watched = { id: "a", seenNs: 0, owed: ["finish_records"] };
  assertEquals(firstSilenceS(new SilenceWatch(), service, 100), 4.5);
});

Deno.test("the time in which the watch itself was held up counts for nothing", () => {
  const watch = new SilenceWatch();
  const service: Watched = { id: "a", seenNs: 0, owed: [] };
  assertEquals(firstSilenceS(watch, service, 2), null);
  for (let atS = 30; atS < 34.5; atS += 0.25) {
    assertEquals(watch.look(atS * SECOND, [service]), [], `${atS} s`);
  }
  assertEquals(watch.look(34.5 * SECOND, [service]), [[service, 4.5 * SECOND]]);
});
