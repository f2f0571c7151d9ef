import { assertEquals, assertThrows } from "@std/assert";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import type { HttpMessage } from "../../../common/http/http_transport.ts";
import { WriteGate } from "../../../common/http/write_gate.ts";
import { FakeClock } from "../../helpers/fake_clock.ts";

/** Writes that note what happens, in order. */
function noted() {
  const notes: string[] = [];
  const write = (name: string) => () => {
    notes.push(name);
    return Promise.resolve();
  };
  return { notes, write };
}

Deno.test("an open gate lets a write pass at once, and says nothing of it", () => {
  const { notes, write } = noted();
  void new WriteGate().pass(write("a"), () => notes.push("held up"));
  assertEquals(notes, ["a"]);
});

Deno.test("what is to be written while the gate is shut is written after it, in order, each time told first", async () => {
  const { notes, write } = noted();
  const gate = new WriteGate();
  const writing: Promise<void>[] = [];
  gate.holdDuring(() => {
    for (const name of ["a", "b"]) {
      writing.push(gate.pass(write(name), () => notes.push(`now ${name}`)));
    }
    notes.push("all ready");
  });
  assertEquals(notes, ["all ready", "now a", "a", "now b", "b"]);
  await Promise.all(writing);
  void gate.pass(write("later"));
  assertEquals(notes.at(-1), "later");
});

Deno.test("who waits for a held write gets to know how it ended", async () => {
  const gate = new WriteGate();
  let ended = "";
  gate.holdDuring(() => {
    gate.pass(() => Promise.reject(new Error("broken pipe"))).catch((error) =>
      ended = error.message
    );
  });
  await Promise.resolve();
  await new Promise((resolve) => setTimeout(resolve));
  assertEquals(ended, "broken pipe");
});

Deno.test("a gate within a shut gate opens with the outer one", () => {
  const { notes, write } = noted();
  const gate = new WriteGate();
  gate.holdDuring(() => {
    gate.holdDuring(() => void gate.pass(write("a")));
    notes.push("all ready");
  });
  assertEquals(notes, ["all ready", "a"]);
});

Deno.test("what fails while the gate is shut does not keep the rest in, nor the gate shut", () => {
  const { notes, write } = noted();
  const gate = new WriteGate();
  assertThrows(
    () =>
      gate.holdDuring(() => {
        void gate.pass(write("a"));
        throw new Error("a fault");
      }),
    Error,
    "a fault",
  );
  void gate.pass(write("b"));
  assertEquals(notes, ["a", "b"]);
});

Deno.test("requests behind a shut gate have their connections, and go out together when it opens", async () => {
  const clock = new FakeClock();
  const gate = new WriteGate();
  const notes: string[] = [];
  const dial = () =>
    Promise.resolve({
      read: () => new Promise<number>(() => {}),
      write: (bytes: Uint8Array) => {
        notes.push("written");
        return Promise.resolve(bytes.length);
      },
      close() {},
    });
  const transport = new Http1Transport({ dial, clock, gate });
  const url = "http://server.test/";
  transport.connectAhead(url, 2);
  await clock.advance(0);
  const message: HttpMessage = {
    method: "GET",
    url,
    headers: [],
    body: null,
    onConnection: () => notes.push("has a connection"),
    onHeldUp: () => notes.push("goes out"),
  };
  const ready = [transport.prepare(message), transport.prepare(message)];
  const stop = new AbortController();
  const sending: Promise<unknown>[] = [];
  gate.holdDuring(() => {
    for (const one of ready) sending.push(one.send(stop.signal).catch(() => {}));
  });
  assertEquals(notes, [
    "has a connection",
    "has a connection",
    "goes out",
    "written",
    "goes out",
    "written",
  ]);
  transport.close();
});
