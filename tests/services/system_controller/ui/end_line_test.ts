import { assertEquals } from "@std/assert";
import { endLine, type PhaseEnd } from "../../../../services/system_controller/ui/end_line.ts";

const END: PhaseEnd = {
  ...{ type: "phase_complete", phase: "profiling", startNs: 1e9, endNs: 3.54e9 },
  ...{ issued: 4, reason: "count" },
};

const CUT = { wasCutShort: true } as const;

const TABLE: readonly [what: string, change: Partial<PhaseEnd>, planned: number | null, string][] =
  [
    ["has sent all", {}, 4, "profiling complete: 4 requests in 2.54 s"],
    [
      "is broken off",
      { reason: "cancelled", ...CUT },
      60,
      "profiling broken off after 4 of 60 requests, 2.54 s",
    ],
    [
      "is broken off with requests in flight",
      { reason: "cancelled", failed: 1, cancelled: 2, ...CUT },
      60,
      "profiling broken off after 4 of 60 requests, 2.54 s, 1 failed, 2 cancelled",
    ],
    [
      "is broken off when all is sent",
      { reason: "count", cancelled: 4, ...CUT },
      4,
      "profiling broken off after 4 of 4 requests, 2.54 s, 4 cancelled",
    ],
    [
      "is broken off and had no planned number",
      { reason: "cancelled", issued: 1, ...CUT },
      null,
      "profiling broken off after 1 request, 2.54 s",
    ],
    [
      "has too many failures",
      { reason: "failed_threshold", issued: 11, failed: 11, ...CUT },
      40,
      "profiling ended by --failed-request-threshold after 11 of 40 requests, 2.54 s, 11 failed",
    ],
    [
      "turns out at its end to have too many failures",
      { reason: "failed_threshold", failed: 3 },
      4,
      "profiling complete: 4 requests in 2.54 s, 3 failed",
    ],
  ];

for (const [what, change, planned, line] of TABLE) {
  Deno.test(`of a phase that ${what} the last line says so`, () => {
    assertEquals(endLine({ ...END, ...change }, planned), line);
  });
}
