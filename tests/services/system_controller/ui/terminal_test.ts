import { assertEquals } from "@std/assert";
import { Terminal } from "../../../../services/system_controller/ui/terminal.ts";

function terminal(isTerminal: boolean) {
  const written: string[] = [];
  const write = (text: string) => void written.push(text);
  return { view: new Terminal({ write, isTerminal, columns: 10 }), text: () => written.join("") };
}

Deno.test("Terminal keeps its status line below the lines", () => {
  const { view, text } = terminal(true);
  view.status("50 %");
  view.line("hello");
  assertEquals(text(), "\r\x1b[K50 %\r\x1b[Khello\n50 %");
});

Deno.test("Terminal cuts a status line that would wrap", () => {
  const { view, text } = terminal(true);
  view.status("0123456789abc");
  assertEquals(text(), "\r\x1b[K012345678");
});

Deno.test("Terminal takes its status line away at the end", () => {
  const { view, text } = terminal(true);
  view.status("x");
  view.clear();
  view.line("done");
  assertEquals(text(), "\r\x1b[Kx\r\x1b[Kdone\n");
});

Deno.test("Terminal writes no control sequences when nobody sees them", () => {
  const { view, text } = terminal(false);
  view.status("50 %");
  view.line("hello");
  view.clear();
  assertEquals(text(), "hello\n");
});

Deno.test("Terminal lets nothing through that a server could steer it with", () => {
  const { view, text } = terminal(false);
  view.line("aiperf: it said \x1b[2J\x07");
  assertEquals(text(), "aiperf: it said \ufffd[2J\ufffd\n");
  const live = terminal(true);
  live.view.status("\x1b[2J");
  assertEquals(live.text(), "\r\x1b[K\ufffd[2J");
});
