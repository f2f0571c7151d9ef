import { assert, assertEquals } from "@std/assert";
import {
  describeError,
  formatLogLine,
  isLogLine,
  LOG_LEVELS,
  Logger,
  type LogLevel,
  logTextOf,
} from "../../../common/runtime/log.ts";

function logger(level: LogLevel): { log: Logger; lines: string[] } {
  const lines: string[] = [];
  const sink = (line: string) => void lines.push(line);
  return { log: new Logger({ serviceId: "worker_1", level, sink }), lines };
}

Deno.test("a line holds time, level, service and text, on one line whatever the text", () => {
  const line = formatLogLine(new Date(0), "INFO", "worker_1 two\nlines");
  assertEquals(line, "1970-01-01T00:00:00.000Z INFO     worker_1 two\\nlines");
  assert(isLogLine(line));
  assertEquals(logTextOf(line), "two\\nlines");
});

Deno.test("lines below the level are dropped, of the level and above written", () => {
  for (const level of Object.keys(LOG_LEVELS) as LogLevel[]) {
    const { log, lines } = logger(level);
    for (const other of Object.keys(LOG_LEVELS) as LogLevel[]) log.log(other, other);
    const written = Object.entries(LOG_LEVELS).filter(([, rank]) => rank >= LOG_LEVELS[level]);
    assertEquals(lines.map(logTextOf), written.map(([name]) => name));
  }
});

Deno.test("what another process wrote keeps its shape, or becomes a warning", () => {
  const { log, lines } = logger("ERROR");
  log.passOn("2026-01-02T03:04:05.678Z INFO     worker_2 hello", "worker_2");
  log.passOn("error: Uncaught TypeError", "worker_2");
  log.passOn("", "worker_2");
  assertEquals(lines[0], "2026-01-02T03:04:05.678Z INFO     worker_2 hello");
  assert(lines[1]!.endsWith("WARNING  worker_2 error: Uncaught TypeError"));
  assertEquals(lines.length, 2);
});

Deno.test("a line cannot steer a terminal, whoever wrote it", () => {
  const { log, lines } = logger("INFO");
  log.info("the server said \x1b[2J");
  log.passOn("2026-01-02T03:04:05.678Z INFO     worker_2 \x1b]0;x\x07", "worker_2");
  log.passOn("\x9bcrash", "worker_2");
  assertEquals(lines.map(logTextOf), [
    "the server said \ufffd[2J",
    "\ufffd]0;x\ufffd",
    "\ufffdcrash",
  ]);
});

Deno.test("an error says its message, with its stack for those who debug", () => {
  assertEquals(describeError(new Error("oh")), "oh");
  assertEquals(describeError(new TypeError("")), "TypeError");
  assertEquals(describeError("text"), "text");
  assert(describeError(new Error("oh"), true).includes("log_test.ts"));
});
