import { audioForm, readPlainTranscript, readTranscript } from "./audio_shapes.ts";
import type { Endpoint } from "./endpoint.ts";
import { wholeAnswers } from "./whole_answers.ts";

/** OpenAI's transcripts in English, whatever the language of the sound; they come whole. */
export const audioTranslationEndpoint: Endpoint = {
  ...wholeAnswers({ buildBody: audioForm, readAnswer: readTranscript }),
  readText: readPlainTranscript,
};
