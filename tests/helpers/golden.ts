import { assertEquals } from "@std/assert";
import { AIPERF_VERSION } from "../../common/version.ts";

const FOLDER = new URL("../golden/", import.meta.url);

/**
 * Compares `text` with the file `name` in tests/golden/, in which `{version}` stands for our own.
 *
 * With AIPERF_UPDATE_GOLDEN=1 in the environment it writes the file instead; look at the change.
 */
export async function assertGolden(name: string, text: string): Promise<void> {
  const file = new URL(name, FOLDER);
  const portable = text.replaceAll(AIPERF_VERSION, "{version}");
  if (Deno.env.get("AIPERF_UPDATE_GOLDEN") === "1") await Deno.writeTextFile(file, portable);
  assertEquals(portable, await Deno.readTextFile(file));
}
