import { assert, assertEquals } from "@std/assert";
import {
  machineBetween,
  parseCounters,
} from "../../../services/system_controller/machine_counters.ts";
import { readMachine } from "../../../services/system_controller/read_machine.ts";

const TEXT = `cpu  100 10 50 1000 40 5 5 90 7 0
cpu0 50 5 25 500 20 3 2 45 4 0
cpu1 50 5 25 500 20 2 3 45 3 0
intr 1 2 3
ctxt 4
Ip: Forwarding DefaultTTL
Ip: 1 64
Tcp: RtoAlgorithm RtoMin RtoMax MaxConn ActiveOpens PassiveOpens AttemptFails RetransSegs
Tcp: 1 200 120000 -1 300 400 2 17
`;

Deno.test("parseCounters reads the totals of all CPUs and what TCP did", () => {
  assertEquals(parseCounters(TEXT), {
    cpus: 2,
    busyTicks: 170,
    stealTicks: 90,
    allTicks: 1300,
    connectionsOpened: 300,
    segmentsResent: 17,
  });
});

Deno.test("parseCounters gives up on what it does not know", () => {
  assertEquals(parseCounters(""), null);
  assertEquals(parseCounters("cpu  1 2 3\n"), null);
  assertEquals(parseCounters(TEXT.replace(/^Tcp:.*\n/gm, "")), null);
  assertEquals(parseCounters(TEXT.replace("ActiveOpens", "Other")), null);
});

Deno.test("machineBetween takes the shares of the time between", () => {
  const before = parseCounters(TEXT)!;
  const after = {
    ...before,
    busyTicks: before.busyTicks + 150,
    stealTicks: before.stealTicks + 20,
    allTicks: before.allTicks + 200,
    connectionsOpened: before.connectionsOpened + 8,
    segmentsResent: before.segmentsResent + 1,
  };
  assertEquals(machineBetween(before, after), {
    cpus: 2,
    cpuShare: 0.75,
    stealShare: 0.1,
    connectionsOpened: 8,
    segmentsResent: 1,
  });
  assertEquals(machineBetween(before, before), null);
  assertEquals(machineBetween(null, after), null);
  assertEquals(machineBetween(before, null), null);
});

Deno.test({
  name: "readMachine gets the kernel's counters, which do not fall",
  ignore: Deno.build.os !== "linux",
  fn: async () => {
    const first = await readMachine();
    const second = await readMachine();
    assert(first !== null && second !== null);
    assert(first!.cpus > 0 && first!.allTicks > 0);
    assert(second!.allTicks >= first!.allTicks);
  },
});
