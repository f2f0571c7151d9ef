import { assertEquals } from "@std/assert";
import { LoadShares } from "../../../services/post_processor_manager/load_shares.ts";
import { endpointPlanOf } from "../../helpers/endpoint_plan.ts";
import { failedRecordOf, recordOf } from "../../helpers/records.ts";

Deno.test("requests and errors are counted for each URL and each model, also for idle ones", () => {
  const modelChoice = {
    models: ["a", "b"],
    strategy: "round_robin" as const,
    weights: null,
    seed: 0,
  };
  const shares = new LoadShares(endpointPlanOf({ urls: ["u", "v", "w"], modelChoice }));
  shares.add(recordOf({ urlIndex: 0, model: "a" }));
  shares.add(failedRecordOf({ urlIndex: 1, model: "a" }));
  shares.add(recordOf({ urlIndex: 1, model: "c", outcome: "cancelled" }));
  shares.add(recordOf({ urlIndex: 1, model: "c", outcome: "lost" }));
  assertEquals(shares.urls(), [
    { name: "u", requests: 1, errors: 0 },
    { name: "v", requests: 3, errors: 2 },
    { name: "w", requests: 0, errors: 0 },
  ]);
  assertEquals(shares.models(), [
    { name: "a", requests: 2, errors: 1 },
    { name: "b", requests: 0, errors: 0 },
    { name: "c", requests: 2, errors: 1 },
  ]);
});

Deno.test("with one URL and one model there is nothing to tell apart", () => {
  const shares = new LoadShares(endpointPlanOf());
  shares.add(recordOf());
  assertEquals([shares.urls(), shares.models()], [[], []]);
});
