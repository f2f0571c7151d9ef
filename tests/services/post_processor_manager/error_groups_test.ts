import { assertEquals } from "@std/assert";
import {
  ErrorGroups,
  MAX_ERROR_KINDS,
} from "../../../services/post_processor_manager/error_groups.ts";
import { reportOn } from "../../helpers/metrics_of.ts";
import { failedRecordOf } from "../../helpers/records.ts";

function errorOf(message: string, code: number | null = 500, type = "HTTPError") {
  return { code, type, message };
}

Deno.test("errors are grouped by equal code, type and message, the most frequent first", () => {
  const groups = new ErrorGroups();
  const [a, b, c, d] = [
    errorOf("a"),
    errorOf("a", 501),
    errorOf("a", 500, "X"),
    errorOf("b", null),
  ];
  for (const error of [a, b, c, c, d, d, d, { ...c }]) groups.add(error!);
  assertEquals(groups.counts(), [
    { error: c, count: 3 },
    { error: d, count: 3 },
    { error: a, count: 1 },
    { error: b, count: 1 },
  ]);
});

Deno.test("errors of more kinds than there is room for are counted together", () => {
  const groups = new ErrorGroups();
  for (let i = 0; i < MAX_ERROR_KINDS + 50; i++) groups.add(errorOf(`request ${i}`));
  groups.add(errorOf("request 3"));
  const counts = groups.counts();
  assertEquals(counts.length, MAX_ERROR_KINDS + 1);
  assertEquals(counts.slice(0, 2).map(({ error, count }) => [error.message, count]), [
    ["Errors of further kinds: see records.jsonl", 50],
    ["request 3", 2],
  ]);
});

Deno.test("a very long message is cut, so that a server cannot fill the memory", () => {
  const groups = new ErrorGroups();
  groups.add(errorOf("x".repeat(1_000_000)));
  groups.add(errorOf("x".repeat(2_000_000)));
  const [only] = groups.counts();
  assertEquals([only!.count, only!.error.message.length], [2, 2001]);
});

Deno.test("a failed record that does not say why is still in the error summary", () => {
  const { errors } = reportOn([failedRecordOf({ error: null })]);
  assertEquals(errors[0]!.error.type, "Unknown");
});
