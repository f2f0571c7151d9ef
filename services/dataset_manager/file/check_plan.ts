import type { DatasetFile } from "../../../common/model/dataset_file.ts";
import { type DatasetFormat, TRACE_FORMATS } from "../../../common/model/dataset_format.ts";
import type { DatasetPlan } from "../../../common/model/run_config.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";

/** The formats whose lines are sent as they are. */
const BODY_FORMATS: readonly DatasetFormat[] = ["raw_payload", "inputs_json"];

/** Throws a BadInputError for options that mean nothing with a file of this format. */
export function checkPlan(plan: DatasetPlan, file: DatasetFile, format: DatasetFormat): void {
  const refuse = (flag: string, why: string) => {
    throw new BadInputError(`${flag}: ${why}: ${file.path} is ${format}`);
  };
  if (plan.osl !== null && BODY_FORMATS.includes(format)) {
    refuse("--osl", "has no effect on bodies that are sent as they are");
  }
  if (TRACE_FORMATS.includes(format)) return;
  if (file.synthesis !== null) refuse("--synthesis-…", "needs a recorded trace");
  if (file.blockSize !== null) refuse("--isl-block-size", "needs a recorded trace");
  if (file.history !== null) refuse("--trace-history", "needs a recorded trace");
}
