import { assertEquals } from "@std/assert";
import { Logger } from "../../../common/runtime/log.ts";
import { askForMissing } from "../../../common/service/missing_credits.ts";
import { messageExamples } from "../../helpers/messages.ts";

const { credit: { credit: CREDIT } } = messageExamples;
const CREDITS = [1, 2, 3].map((id) => ({ ...CREDIT, id }));
const log = new Logger({ serviceId: "timing_manager", level: "ERROR", sink: () => {} });

function missingBy(request: () => Promise<unknown>): Promise<number[]> {
  return askForMissing({ id: "worker_manager", request }, CREDITS, log)
    .then((missing) => missing.map(({ id }) => id));
}

Deno.test("the credits that nobody holds are those that were named", async () => {
  assertEquals(await missingBy(() => Promise.resolve([3, 9])), [3]);
  assertEquals(await missingBy(() => Promise.resolve([])), []);
});

Deno.test("without a usable answer no credit counts as lost", async () => {
  assertEquals(await missingBy(() => Promise.reject(new Error("gone"))), []);
  assertEquals(await missingBy(() => Promise.resolve("2")), []);
});
