import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { plainTurn } from "../../../../common/model/conversation.ts";
import { SessionRows } from "../../../../services/dataset_manager/file/session_rows.ts";

const row = fc.record({
  session: fc.nat(12),
  timesMs: fc.array(fc.option(fc.nat(5)), { minLength: 1, maxLength: 3 }),
});

Deno.test("rows are those of their sessions, as if each session had a list of its own", () => {
  fc.assert(fc.property(fc.array(row, { minLength: 1 }), (rows) => {
    const sessions = new SessionRows();
    const slow = new Map<number, { at: number; rows: number[]; turns: number; latestMs: number }>();
    let clockMs = 0;
    rows.forEach(({ session, timesMs }, i) => {
      const turns = timesMs.map((stepMs) =>
        plainTurn(["x"], { timestampMs: stepMs === null ? null : clockMs += stepMs })
      );
      const known = slow.get(session);
      const one = known ?? { at: slow.size, rows: [], turns: 0, latestMs: -Infinity };
      slow.set(session, one);
      one.rows.push(i);
      one.turns += turns.length;
      for (const { timestampMs } of turns) one.latestMs = timestampMs ?? one.latestMs;
      assertEquals(sessions.add({ row: i, turns }, known?.at), one.turns);
    });
    assertEquals(sessions.entries, slow.size);
    for (const { at, rows, latestMs } of slow.values()) {
      assertEquals(sessions.rowsOf(at), rows);
      assertEquals(sessions.firstRow(at), rows[0]);
      assertEquals(sessions.latestMs(at), latestMs);
    }
  }));
});

Deno.test("a session knows what its messages hold as soon as a row of it has messages", () => {
  const sessions = new SessionRows();
  const said = plainTurn(["x"]);
  const messages = plainTurn([], { messages: [{}], isStandalone: true });
  sessions.add({ row: 0, turns: [said] }, undefined);
  assertEquals(sessions.history(0), "unsaid");
  sessions.add({ row: 1, turns: [messages] }, 0);
  sessions.add({ row: 2, turns: [said] }, 0);
  sessions.add({ row: 3, turns: [{ ...messages, isStandalone: false }] }, undefined);
  assertEquals([0, 1].map((at) => sessions.history(at)), ["history", "delta"]);
});
