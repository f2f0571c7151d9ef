import { assertEquals } from "@std/assert";
import type { RequestRecord } from "../../../common/model/record.ts";
import { Logger, type LogLevel, logTextOf } from "../../../common/runtime/log.ts";
import { MOST_TOLD, RequestLog } from "../../../services/records_manager/request_log.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";

const URLS = ["http://one.test:8000/v1/chat/completions?key=hush", "unix:/run/s.sock:/v1/chat"];
const ONE = "http://one.test:8000/v1/chat/completions";

/** A log of requests at a level, and what it has said: the level and the text of each line. */
function logAt(level: LogLevel) {
  const lines: string[] = [];
  const sink = (line: string) => void lines.push(`${line.split(" ")[1]} ${logTextOf(line)}`);
  const log = new RequestLog({ log: new Logger({ serviceId: "r", level, sink }), urls: URLS });
  return { log, lines };
}

const REQUESTS: [record: RequestRecord, line: string][] = [
  [
    failedRecordOf({ creditId: 7 }),
    `DEBUG Request 7 (profiling) to ${ONE} failed after 30.0 ms: 503 HTTPError: Service Unavailable`,
  ],
  [
    failedRecordOf({
      phase: "warmup",
      urlIndex: 1,
      httpStatus: 200,
      error: { code: 502, type: "EmptyResponse", message: "the answer is empty" },
      redirection: { status: 307, to: "http://two.test/" },
    }),
    "DEBUG Request 0 (warmup) to unix:/run/s.sock:/v1/chat, redirected to http://two.test/, failed " +
    "after 30.0 ms: 502 EmptyResponse (HTTP 200): the answer is empty",
  ],
  [
    failedRecordOf({
      outcome: "lost",
      endAfterNs: null,
      httpStatus: null,
      error: { code: null, type: "WorkerDied", message: "worker_0 died" },
    }),
    `DEBUG Request 0 (profiling) to ${ONE} was lost: WorkerDied: worker_0 died`,
  ],
  [
    failedRecordOf({ outcome: "cancelled", httpStatus: 499, error: null, endAfterNs: 1_234_567 }),
    `TRACE Request 0 (profiling) to ${ONE} was cut off after 1.2 ms`,
  ],
  [
    recordOf({ endAfterNs: 290e6 }),
    `TRACE Request 0 (profiling) to ${ONE} succeeded after 290.0 ms`,
  ],
];

Deno.test("TRACE tells of every request, DEBUG of those that failed, INFO of none", () => {
  for (const level of ["TRACE", "DEBUG", "INFO"] as const) {
    const { log, lines } = logAt(level);
    for (const [record] of REQUESTS) log.note(record);
    log.flush();
    const shown = { TRACE: REQUESTS, DEBUG: REQUESTS.slice(0, 3), INFO: [] }[level];
    assertEquals(lines, shown.map(([, line]) => line));
  }
});

Deno.test("of a flood of failures a few are told of each time, and the others counted", () => {
  const { log, lines } = logAt("DEBUG");
  const record = failedRecordOf();
  for (let i = 0; i < 1_000_000; i++) log.note(record);
  assertEquals(lines.length, MOST_TOLD);
  log.flush();
  assertEquals(lines.at(-1), "DEBUG … and 999990 more requests failed: TRACE tells of each");
  log.note(record);
  log.flush();
  log.flush();
  assertEquals(lines.length, MOST_TOLD + 2);
});

Deno.test("TRACE leaves none out", () => {
  const { log, lines } = logAt("TRACE");
  for (let i = 0; i < 3 * MOST_TOLD; i++) log.note(failedRecordOf());
  log.flush();
  assertEquals(lines.length, 3 * MOST_TOLD);
});
