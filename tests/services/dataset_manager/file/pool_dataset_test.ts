import { assertEquals, assertRejects } from "@std/assert";
import { datasetFile } from "../../../../common/model/dataset_file.ts";
import { BadInputError } from "../../../../common/service/bad_input_error.ts";
import { createPoolDataset } from "../../../../services/dataset_manager/file/pool_dataset.ts";
import { FieldError } from "../../../../services/dataset_manager/formats/fields.ts";
import { fileOptions } from "./file_options.ts";
import { memorySource } from "./memory_source.ts";

Deno.test("a pool whose requests do not fit the endpoint is bad input, and its files are closed", async () => {
  const source = memorySource('{"text":"a"}');
  const pool = createPoolDataset(fileOptions({
    file: datasetFile("/data/in.jsonl", { format: "random_pool" }),
    sources: [source],
    check: () => {
      throw new FieldError("texts", "do not fit");
    },
  }));
  const error = await assertRejects(() => pool, BadInputError);
  assertEquals(error.message, "--input-file: /data/in.jsonl: texts: do not fit");
  assertEquals(source.isClosed, true);
});
