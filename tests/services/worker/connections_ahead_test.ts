import { assertEquals } from "@std/assert";
import type { Credit } from "../../../common/model/credit.ts";
import { ConnectionsAhead } from "../../../services/worker/connections_ahead.ts";
import { CREDIT } from "../../../services/worker/warm_up.ts";

/** What is opened for credits that wait, as `url count`. */
function scene(urls: readonly string[], startsTogether = false) {
  const opened: string[] = [];
  const ahead = new ConnectionsAhead({
    urls,
    connectAhead: (url, count) => opened.push(`${url} ${count}`),
    startsTogether: () => startsTogether,
  });
  const wait = (...credits: Partial<Credit>[]) => {
    for (const [i, credit] of credits.entries()) ahead.wait({ ...CREDIT, id: i, ...credit });
  };
  const leave = (...credits: Partial<Credit>[]) => {
    for (const credit of credits) ahead.leave({ ...CREDIT, ...credit });
  };
  return { ahead, opened, wait, leave };
}

Deno.test("nothing is opened for requests that are due one after the other", () => {
  const { opened, wait } = scene(["a"]);
  wait({ dueNs: 1 }, { dueNs: 2 }, { dueNs: 3 });
  assertEquals(opened, []);
});

Deno.test("where two are due at the same time, there is one for each that waits", () => {
  const { opened, wait } = scene(["a"]);
  wait({ dueNs: 1 }, { dueNs: 2 }, { dueNs: 2 }, { dueNs: 3 }, { dueNs: 2 });
  assertEquals(opened, ["a 3", "a 5"]);
});

Deno.test("where a phase starts together, there is one for each from the first on", () => {
  const { opened, wait } = scene(["a"], true);
  wait({ dueNs: 1 }, { dueNs: 2 });
  assertEquals(opened, ["a 1", "a 2"]);
});

Deno.test("connections are opened where the requests go, of several servers", () => {
  const { opened, wait } = scene(["a", "b"], true);
  wait({ sessionIndex: 0 }, { sessionIndex: 2 }, { sessionIndex: 3 }, { sessionIndex: 4 });
  assertEquals(opened, ["a 1", "a 2", "b 1", "a 3"]);
});

Deno.test("who has left counts no more, and leaves nothing behind", () => {
  const { ahead, opened, wait, leave } = scene(["a"]);
  wait({ dueNs: 1 }, { dueNs: 1 });
  leave({ id: 0, dueNs: 1 }, { id: 0, dueNs: 1 }, { id: 7, dueNs: 1 });
  wait({ id: 5, dueNs: 1 });
  assertEquals(opened, ["a 2", "a 2"]);
  leave({ id: 1, dueNs: 1 }, { id: 5, dueNs: 1 });
  assertEquals(ahead.times, 0);
});

Deno.test("those of several servers that are due at the same time are counted apart", () => {
  const { ahead, opened, wait, leave } = scene(["a", "b"]);
  wait({ sessionIndex: 0, dueNs: 1 }, { sessionIndex: 1, dueNs: 1 });
  assertEquals([opened, ahead.times], [[], 2]);
  leave({ id: 0, sessionIndex: 0, dueNs: 1 });
  wait({ id: 2, sessionIndex: 3, dueNs: 1 });
  assertEquals([opened, ahead.times], [["b 2"], 1]);
});
