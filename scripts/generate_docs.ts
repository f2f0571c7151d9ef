/**
 * Writes the pages that derive from tables in the code: the reference of the options, the JSON
 * schema of the configuration file, the thresholds of the verdict, and what stands here for the
 * options of other tools.
 */

import * as z from "zod/mini";
import { configFileSchema } from "../common/config/json_schema.ts";
import { optionReference } from "../common/config/reference_page.ts";
import { otherToolsPage } from "./other_tools_page.ts";
import { verdictPage } from "./verdict_page.ts";

/** The text of every generated file by its path below the root of the repository. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ["docs/options.md", optionReference()],
    ["docs/verdict.md", verdictPage()],
    ["docs/other_tools.md", otherToolsPage()],
    ["docs/aiperf.schema.json", `${JSON.stringify(configFileSchema(z), null, 2)}\n`],
  ]);
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  await Deno.mkdir(new URL("docs", root), { recursive: true });
  for (const [path, text] of generatedFiles()) {
    await Deno.writeTextFile(new URL(path, root), text);
  }
}
