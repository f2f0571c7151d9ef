import {
  audioForm,
  readPlainTranscript,
  readTranscript,
  readTranscriptEvent,
} from "./audio_shapes.ts";
import { wantsStream } from "./body_fields.ts";
import type { Endpoint } from "./endpoint.ts";

/** OpenAI's transcripts of what is said in a sound, in the language in which it is said. */
export const audioTranscriptionEndpoint: Endpoint = {
  framing: "sse",
  isStreaming: wantsStream,
  buildBody: audioForm,
  readEvent: readTranscriptEvent,
  readAnswer: readTranscript,
  readText: readPlainTranscript,
};
