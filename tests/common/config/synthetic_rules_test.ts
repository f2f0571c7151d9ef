import { assertEquals } from "@std/assert";
import { problemsOf } from "../../helpers/command_line.ts";

/** Options of made-up data that do not go together, and every line that they are answered with. */
const CONTRADICTIONS: readonly (readonly [string, ...string[]])[] = [
  ["--num-prefix-prompts 3", "--num-prefix-prompts: needs --prefix-prompt-length above 0"],
  ["--prompt-prefix-length 3", "--prompt-prefix-length: needs --num-prefix-prompts above 0"],
  [
    "--prompt-corpus verse",
    '--prompt-corpus: must be one of words, sonnet, coding, random, got "verse"',
  ],
  [
    "--prompt-corpus sonnet --input-file a.jsonl",
    "--prompt-corpus: has no effect with --input-file",
  ],
  [
    "--inter-turn-delay-cap-seconds 5",
    "--inter-turn-delay-cap-seconds: has no effect without --conversation-turn-mean",
  ],
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
  [
    "--isl 5 -b 2 --endpoint-type nim_rankings",
    "--isl: has no effect on a ranking: use --rankings-query-prompt-token-mean, " +
    "--rankings-passages-mean and --rankings-passages-prompt-token-mean",
    "-b: has no effect on a ranking: use --rankings-query-prompt-token-mean, " +
    "--rankings-passages-mean and --rankings-passages-prompt-token-mean",
  ],
  [
    "--rankings-passages-mean 5",
    "--rankings-passages-mean: has no effect unless --endpoint-type is one of cohere_rankings, " +
    "hf_tei_rankings, nim_rankings",
  ],
  [
    "--endpoint-type embeddings --shared-system-prompt-length 4 --cache-bust system_prefix",
    "--shared-system-prompt-length: has no effect on an endpoint whose requests are one turn alone",
    "--cache-bust: has no effect on an endpoint without system prompts; use first_turn_prefix or " +
    "first_turn_suffix",
  ],
  ["--image-width-mean 64", "--image-width-mean: needs --image-height-mean above 0"],
  ["--image-height-mean 64", "--image-height-mean: needs --image-width-mean above 0"],
  [
    "--image-height-mean 5000",
    '--image-height-mean: must be a number from 0 to 4096, got "5000"',
  ],
  [
    "--image-format jpeg",
    "--image-format: has no effect without --image-width-mean and --image-height-mean above 0",
  ],
  [
    "--endpoint-type completions --image-width-mean 64 --image-height-mean 64",
    "--image-width-mean: --endpoint-type completions takes no pictures; use one of chat, " +
    "chat_embeddings, messages, nim_embeddings, ollama_chat, ollama_generate, responses",
  ],
  [
    "--endpoint-type messages --audio-length-mean 1",
    "--audio-length-mean: --endpoint-type messages takes no sounds; use one of " +
    "audio_transcription, audio_translation, chat, chat_embeddings, responses",
  ],
  ["--audio-depths 24", "--audio-depths: has no effect without --audio-length-mean above 0"],
  [
    "--audio-length-mean 1 --audio-depths 12",
    '--audio-depths: must be bits of a sample: 8, 16, 24 or 32, or several of them, got "12"',
  ],
  [
    "--audio-length-mean 1 --audio-format mp3 --audio-sample-rates 16,96 --audio-depths 16",
    "--audio-sample-rates: must be of 8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48 (kHz) for mp3, " +
    "got 96",
    "--audio-depths: has no effect with --audio-format mp3",
  ],
  [
    "--image-width-mean 4000 --image-height-mean 4000 --image-batch-size 2",
    "--image-width-mean: makes conversations of about 123 MiB; at most 32 MiB can be sent",
  ],
  [
    "--audio-length-mean 600 --audio-sample-rates 48 --audio-num-channels 2",
    "--audio-length-mean: makes conversations of about 147 MiB; at most 32 MiB can be sent",
  ],
];

for (const [args, ...lines] of CONTRADICTIONS) {
  Deno.test(`${args} is refused`, async () => {
    const files = { "a.jsonl": '{"text":"x"}\n' };
    assertEquals(await problemsOf(args.split(" "), { files }), lines);
  });
}
