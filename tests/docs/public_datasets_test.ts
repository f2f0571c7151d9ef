import { assert, assertEquals } from "@std/assert";
import { PUBLIC_DATASETS } from "../../common/model/public_dataset.ts";
import { PUBLIC_SETS } from "../../services/dataset_manager/public/sets.ts";

const PAGE = await Deno.readTextFile(new URL("../../docs/public_datasets.md", import.meta.url));

Deno.test("the page of public data sets names each with its repository, and no others", () => {
  const rows = [...PAGE.matchAll(/^\| `(\w+)` +\| `([^`]+)`/gm)].map((
    [, name, repo],
  ) => [name, repo]);
  assertEquals(rows, PUBLIC_DATASETS.map((name) => [name, PUBLIC_SETS[name].repo]));
});

Deno.test("the numbers on the page of public data sets are those of the code", async () => {
  const path = "../../services/dataset_manager/public";
  const read = (file: string) => Deno.readTextFile(new URL(`${path}/${file}`, import.meta.url));
  const code = await read("prepare_public.ts") + await read("entry_line.ts");
  const numbers = [...code.matchAll(/^const [A-Z_]+ = ([\d_]+);/gm)].map(([, number]) => number!);
  for (const number of ["1_000", "4", "1_024", "2_048"]) {
    assert(numbers.includes(number), `${number} is not in the code`);
    assert(PAGE.includes(number.replace("_", ",")), `${number} is not on the page`);
  }
});
