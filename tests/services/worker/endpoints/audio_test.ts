import { assertEquals, assertThrows } from "@std/assert";
import fc from "fast-check";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { MediaCounts, RequestRecord, Usage } from "../../../../common/model/record.ts";
import type { EndpointPlan } from "../../../../common/model/run_config.ts";
import { parseForm } from "../../../../services/mock_server/multipart.ts";
import { audioTranscriptionEndpoint } from "../../../../services/worker/endpoints/audio_transcription.ts";
import { audioTranslationEndpoint } from "../../../../services/worker/endpoints/audio_translation.ts";
import type { BinaryBody } from "../../../../services/worker/endpoints/endpoint.ts";
import { formBody, type FormPart } from "../../../../services/worker/endpoints/multipart.ts";
import { wavFile, wavUri } from "../../../helpers/wav.ts";
import { JOB, PLAN } from "../sending.ts";
import { receive } from "../played_answer.ts";
import { AUDIO_SECONDS, testTranscripts } from "./transcripts.ts";

function soundTurn(...audios: string[]): Turn {
  return plainTurn(["not sent"], { media: { images: [], audios, videos: [] } });
}

function formOf(turn: Turn, plan: Partial<EndpointPlan> = {}): Record<string, string | number[]> {
  const { bytes, contentType } = audioTranscriptionEndpoint.buildBody({
    plan: { ...PLAN, streaming: false, ...plan },
    model: "m",
    turns: [turn],
  }) as BinaryBody;
  const fields = [...parseForm(contentType, bytes)].map(([name, { fileName, bytes }]) => {
    const text = new TextDecoder().decode(bytes);
    return [name, fileName === null ? text : [...new TextEncoder().encode(fileName), ...bytes]];
  });
  return Object.fromEntries(fields);
}

const WAV = wavFile({ seconds: 0.001 });

Deno.test("a sound is uploaded as a file, its extra inputs are fields of the form", () => {
  const sound = wavUri({ seconds: 0.001 });
  const file = [...new TextEncoder().encode("audio.wav"), ...WAV];
  assertEquals(formOf(soundTurn(sound)), { file, model: "m" });
  assertEquals(
    formOf(soundTurn(sound), {
      streaming: true,
      extraInputs: {
        response_format: "verbose_json",
        temperature: 0.2,
        language: "de",
        prompt: null,
        timestamp_granularities: ["word"],
        chunking_strategy: { type: "server_vad" },
      },
    }),
    {
      file,
      model: "m",
      stream: "true",
      response_format: "verbose_json",
      temperature: "0.2",
      language: "de",
      "timestamp_granularities[]": "word",
      chunking_strategy: '{"type":"server_vad"}',
    },
  );
});

Deno.test("a file is called after what is in it", () => {
  const names: [mediaType: string, name: string][] = [
    ["audio/mpeg", "audio.mp3"],
    ["audio/x-wav", "audio.wav"],
    ["audio/flac", "audio.flac"],
    ["", "audio.wav"],
  ];
  for (const [mediaType, name] of names) {
    const file = formOf(soundTurn(`data:${mediaType};base64,AAEC`))["file"] as number[];
    assertEquals(file, [...new TextEncoder().encode(name), 0, 1, 2], mediaType);
  }
});

Deno.test("there is no transcript without a turn, a sound, or the sound itself", () => {
  for (const endpoint of [audioTranscriptionEndpoint, audioTranslationEndpoint]) {
    for (const turns of [[], [plainTurn(["x"])], [soundTurn()], [soundTurn("https://h/a.wav")]]) {
      assertThrows(() => endpoint.buildBody({ plan: PLAN, model: "m", turns }), RangeError);
    }
  }
  assertEquals(audioTranslationEndpoint.isStreaming({ ...PLAN, streaming: true }), false);
});

Deno.test("whatever is in a form, a reader of forms finds it", () => {
  const name = fc.string({ minLength: 1, maxLength: 8 }).filter((text) => !/["\r\n%]/.test(text));
  const parts = fc.uniqueArray(
    fc.oneof(
      fc.record({ name, value: fc.string({ unit: "grapheme" }) }),
      fc.record({
        name,
        fileName: fc.constantFrom("a.wav", "b c.mp3"),
        mediaType: fc.constant("audio/wav"),
        bytes: fc.uint8Array(),
      }),
    ),
    { selector: (part) => part.name, minLength: 1, maxLength: 5 },
  );
  fc.assert(fc.property(parts, (given: FormPart[]) => {
    const { bytes, contentType } = formBody(given);
    const found = parseForm(contentType, bytes);
    assertEquals([...found.keys()], given.map((part) => part.name));
    for (const part of given) {
      const { fileName, bytes } = found.get(part.name)!;
      if ("value" in part) {
        assertEquals([fileName, new TextDecoder().decode(bytes)], [null, part.value]);
      } else {
        assertEquals([fileName, [...bytes]], [part.fileName, [...part.bytes]]);
      }
    }
  }));
});

Deno.test("a name that would end its quotes or its line is written so that it does not", () => {
  const { bytes } = formBody([{ name: 'a"\r\nb', value: "" }]);
  const text = new TextDecoder().decode(bytes);
  assertEquals(text.includes('name="a%22%0D%0Ab"\r\n'), true, text);
});

function usage(promptTokens: number, completionTokens: number): Usage {
  return {
    promptTokens,
    completionTokens,
    totalTokens: promptTokens + completionTokens,
    reasoningTokens: null,
    cachedPromptTokens: null,
  };
}

/** The header of the sound is believed before the server is. */
const MEDIA: MediaCounts = { imagesSent: 0, imagesMade: 0, audioSeconds: AUDIO_SECONDS };

function says(output: string, more: Partial<RequestRecord>): Partial<RequestRecord> {
  return {
    outcome: "success",
    chunksAfterNs: [30],
    text: { output, reasoning: "" },
    media: MEDIA,
    inputTokens: null,
    error: null,
    ...more,
  };
}

const STREAM = { plan: { streaming: true } };
const BAD_FILE =
  "Invalid file format. Supported formats: ['flac', 'm4a', 'mp3', 'mp4', 'mpeg', 'mpga', 'oga', 'ogg', 'wav', 'webm']";
const BEACH = "The beach was a popular spot on a hot summer day.";

testTranscripts("audio_transcription", [
  {
    file: "openai_transcription.json",
    record: says("Imagine the wildest idea that you've ever had.", { usage: usage(14, 45) }),
  },
  { file: "openai_transcription_verbose.json", record: says(BEACH, { usage: null }) },
  { file: "whisper_text.txt", record: says(BEACH, { usage: null }) },
  {
    file: "whisper_vtt.txt",
    record: says("WEBVTT\n\n00:00:00.000 --> 00:00:03.320\nThe beach was a popular spot.", {}),
  },
  {
    file: "openai_transcription_stream.txt",
    ...STREAM,
    record: says("I see", { streaming: true, chunksAfterNs: [30, 30], usage: usage(14, 2) }),
  },
  {
    file: "vllm_transcription_stream.txt",
    ...STREAM,
    record: says(" I see", { chunksAfterNs: [30, 30], usage: usage(4, 2) }),
  },
  {
    file: "openai_transcription_bad_file.json",
    status: 400,
    statusText: "Bad Request",
    record: {
      outcome: "error",
      error: { code: 400, type: "Bad Request", message: BAD_FILE },
    },
  },
  {
    file: "openai_transcription_bad_file.json",
    ...STREAM,
    record: {
      outcome: "error",
      error: { code: 502, type: "invalid_request_error", message: BAD_FILE },
    },
  },
]);

testTranscripts("audio_translation", [
  { file: "openai_transcription_verbose.json", record: says(BEACH, { streaming: false }) },
  { file: "whisper_text.txt", record: says(BEACH, {}) },
]);

Deno.test("a sound whose header says nothing is as long as the server says, or nobody knows", () => {
  const answer = (body: unknown) => audioTranscriptionEndpoint.readAnswer(body).media;
  assertEquals(answer({ text: "a", duration: 8.47, usage: { seconds: 9 } }), {
    audioSeconds: 8.47,
  });
  assertEquals(answer({ text: "a", duration: "8.47" }), { audioSeconds: 8.47 });
  assertEquals(answer({ text: "a", usage: { type: "duration", seconds: 9 } }), { audioSeconds: 9 });
  assertEquals(answer({ text: "a", usage: { seconds: 0 } }), null);
  assertEquals(answer({ text: "a" }), null);
});

Deno.test("a transcript of a single number is a text, and one without a word no content", async () => {
  const endpoint = audioTranscriptionEndpoint;
  const conversation = { ...JOB.conversation, turns: [soundTurn(wavUri({ seconds: 1 }))] };
  const plan = { streaming: false, tokenCountSource: "client" as const };
  const options = { endpoint, job: { ...JOB, conversation } };
  const number = await receive({ reads: [[30, "42\n"]] }, plan, options);
  assertEquals([number.outcome, number.text?.output], ["success", "42"]);
  const silence = await receive({ reads: [[30, '{"text":""}']] }, plan, options);
  assertEquals(silence.error?.message, "the answer ended without content");
});
