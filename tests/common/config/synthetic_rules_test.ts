import { assertEquals } from "@std/assert";
import { problemsOf } from "../../helpers/command_line.ts";

/** Options of made-up data that do not go together, and every line that they are answered with. */
const CONTRADICTIONS: readonly (readonly [string, ...string[]])[] = [
  ["--num-prefix-prompts 3", "--num-prefix-prompts: needs --prefix-prompt-length above 0"],
  ["--prompt-prefix-length 3", "--prompt-prefix-length: needs --num-prefix-prompts above 0"],
  ["-b 0", '-b: must be a whole number of at least 1, got "0"'],
  [
    "--shared-system-prompt-length -1",
    '--shared-system-prompt-length: must be a whole number of at least 0, got "-1"',
  ],
  [
    "--input-file a.jsonl -b 2 --num-prefix-prompts 1 --prefix-prompt-length 2 " +
    "--shared-system-prompt-length 3 --user-context-prompt-length 4",
    "-b: has no effect with --input-file",
    "--num-prefix-prompts: has no effect with --input-file",
    "--prefix-prompt-length: has no effect with --input-file",
    "--shared-system-prompt-length: has no effect with --input-file",
    "--user-context-prompt-length: has no effect with --input-file",
  ],
];

for (const [args, ...lines] of CONTRADICTIONS) {
  Deno.test(`${args} is refused`, async () => {
    const files = { "a.jsonl": '{"text":"x"}\n' };
    assertEquals(await problemsOf(args.split(" "), { files }), lines);
  });
}
