import type { Endpoint } from "./endpoint.ts";
import { guessAnswer, guessEvent, guessText } from "./guess_answer.ts";

/**
 * Whatever the data set has: its bodies are sent as they are, and answers are read in whichever of the
 * usual shapes they have.
 */
export const rawEndpoint: Endpoint = {
  framing: "either",
  // The bodies are not looked into: who asks for streams in them says so on the command line.
  isStreaming: ({ streaming }) => streaming,
  buildBody: () => {
    throw new RangeError("a raw request needs a body in the data set");
  },
  readEvent: guessEvent,
  readAnswer: guessAnswer,
  readText: guessText,
};
