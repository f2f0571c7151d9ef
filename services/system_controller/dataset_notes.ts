import * as z from "zod/mini";
import { BEAT_TIMEOUT_MS } from "./limits.ts";
import type { ServiceCast } from "./service_cast.ts";

/** What should be known of the data set; nothing when the dataset manager does not say. */
export async function datasetNotesOf(cast: Pick<ServiceCast, "ask">): Promise<string[]> {
  try {
    const command = { kind: "get_dataset_notes" } as const;
    return z.array(z.string()).parse(
      await cast.ask("dataset_manager", command, BEAT_TIMEOUT_MS),
    );
  } catch {
    // The results do not wait for what only explains them.
    return [];
  }
}
