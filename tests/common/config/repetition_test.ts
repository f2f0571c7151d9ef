import { assertEquals } from "@std/assert";
import { type Repetition, repetitionOf } from "../../../common/config/repetition.ts";
import { optionsFor } from "../../helpers/command_line.ts";

async function repetition(line: string): Promise<Repetition | null> {
  return repetitionOf((await optionsFor(line.split(" "))).values);
}

Deno.test("there is one run unless more are asked for", async () => {
  assertEquals(await repetition("--streaming"), null);
  assertEquals(await repetition("--num-profile-runs 1"), null);
});

Deno.test("several runs send the same without a pause, and only the first is warmed up", async () => {
  assertEquals(await repetition("--num-profile-runs 3"), {
    runs: 3,
    cooldownMs: 0,
    confidenceLevel: 0.95,
    warmUpOnce: true,
    sameSeed: true,
  });
});

Deno.test("everything about several runs can be chosen", async () => {
  const pauses = "--profile-run-cooldown-seconds 0.5 --no-profile-run-disable-warmup-after-first";
  const statistics = "--confidence-level 0.99 --no-set-consistent-seed";
  assertEquals(await repetition(`--num-profile-runs 10 ${pauses} ${statistics}`), {
    runs: 10,
    cooldownMs: 500,
    confidenceLevel: 0.99,
    warmUpOnce: false,
    sameSeed: false,
  });
});
