import { assertEquals } from "@std/assert";
import { envNameOf, type OptionKey, OPTIONS } from "../../../common/config/option_table.ts";
import { unknownVariables } from "../../../common/config/unknown_variables.ts";

Deno.test("a variable that sets nothing is named, with the one that was meant", () => {
  const environment = {
    HOME: "/root",
    AIPERF_ISL: "5",
    AIPERF_CONCURENCY: "8",
    AIPERF_ZZ_NOTHING_LIKE_IT: "1",
    AIPERF_URLS: "",
    MY_AIPERF_THING: "x",
  };
  assertEquals(unknownVariables(environment), [
    "AIPERF_CONCURENCY: is ignored, as it sets no option; did you mean AIPERF_CONCURRENCY?",
    "AIPERF_ZZ_NOTHING_LIKE_IT: is ignored, as it sets no option",
  ]);
});

Deno.test("the variable of every option is known", () => {
  const keys = Object.keys(OPTIONS) as OptionKey[];
  const environment = Object.fromEntries(keys.map((key) => [envNameOf(key), "1"]));
  assertEquals(unknownVariables(environment), []);
});
