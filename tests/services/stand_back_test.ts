import { assertEquals } from "@std/assert";
import type { Command } from "../../common/comms/messages.ts";
import type { ServiceContext } from "../../common/service/base_service.ts";
import { PostProcessorManager } from "../../services/post_processor_manager/service.ts";
import { RecordsManager } from "../../services/records_manager/service.ts";
import { settle } from "../helpers/fake_clock.ts";
import { closingOf } from "../helpers/journal_text.ts";
import { ComponentHarness } from "../helpers/service_harness.ts";

const { accounts, health } = closingOf(0);
const WRITE: Command = {
  kind: "write_results",
  wasCancelled: false,
  ending: { reason: "complete", cause: null },
  account: accounts.profiling,
  warmupAccount: accounts.warmup,
  health,
};

const STANDING_BACK = [
  [
    "records_manager",
    (context: ServiceContext) => new RecordsManager(context),
    { kind: "finish_records", deadlineMs: 1 } satisfies Command,
  ],
  [
    "post_processor_manager",
    (context: ServiceContext) => new PostProcessorManager(context),
    WRITE,
  ],
] as const;

for (const [type, create, command] of STANDING_BACK) {
  const up = async (comeForward: () => Promise<void>) =>
    await ComponentHarness.up(
      (context): RecordsManager | PostProcessorManager => create({ ...context, comeForward }),
      { type },
    );

  Deno.test(`${type}: leaves the CPUs to others until the load is over, and no longer`, async () => {
    let times = 0;
    await using harness = await up(() => Promise.resolve(void times++));
    assertEquals(times, 0);
    await harness.publish({ type: "run_complete", wasCancelled: false });
    await settle();
    assertEquals(times, 1);
  });

  Deno.test(`${type}: hurries when it is asked for results, even if nobody told of the end of the load`, async () => {
    let times = 0;
    await using harness = await up(() => Promise.resolve(void times++));
    harness.controller.send({ type: "command", id: 1, command });
    await settle();
    assertEquals(times, 1);
  });
}
