import { assertEquals } from "@std/assert";
import { endpointFacts, type EndpointType } from "../../../../common/model/endpoint_types.ts";
import { plainTurn, type Turn } from "../../../../common/model/conversation.ts";
import type { RequestRecord } from "../../../../common/model/record.ts";
import type { EndpointPlan } from "../../../../common/model/run_config.ts";
import { loadEndpoint } from "../../../../services/worker/endpoints/registry.ts";
import { wavUri } from "../../../helpers/wav.ts";
import { receive } from "../played_answer.ts";
import { JOB } from "../sending.ts";

const FOLDER = new URL("../../../fixtures/answers/", import.meta.url);

/** What a server of the wild answers, as its documentation has it, and what is made of it. */
export interface Transcript {
  /** A file of `tests/fixtures/answers/`. */
  readonly file: string;
  readonly status?: number;
  readonly statusText?: string;
  readonly plan?: Partial<EndpointPlan>;
  /** What the record must say, among other things. */
  readonly record: Partial<RequestRecord>;
  /** Which events of the stream, from 1, bring content. */
  readonly contentEvents?: readonly number[];
}

/** A turn that nearly every endpoint can send. */
export const ANY_TURN: Turn = plainTurn(["What is AI?"], {
  inputTokens: 4,
  passages: ["AI is artificial intelligence.", "Bananas are yellow."],
});

/** How long the sound of `turnFor` is. */
export const AUDIO_SECONDS = 1.5;

/** A turn that an endpoint of this type can send. */
export function turnFor(type: EndpointType): Turn {
  if (endpointFacts(type).needs !== "audios") return ANY_TURN;
  const audios = [wavUri({ seconds: AUDIO_SECONDS })];
  return { ...ANY_TURN, media: { images: [], audios, videos: [] } };
}

/** Declares a test for each transcript: whole, and byte by byte, it makes the same record. */
export function testTranscripts(type: EndpointType, transcripts: readonly Transcript[]): void {
  for (const transcript of transcripts) {
    Deno.test(`${type}: the recorded answer ${transcript.file}`, async () => {
      const text = await Deno.readTextFile(new URL(transcript.file, FOLDER));
      for (const pieces of [[text], [...text]]) {
        const record = await play(type, transcript, pieces);
        assertEquals(pick(record, transcript.record), transcript.record);
      }
      if (transcript.contentEvents !== undefined) await checkTimes(type, transcript, text);
    });
  }
}

/** Played with a pause after each event, each piece of content has the time of its event. */
async function checkTimes(type: EndpointType, transcript: Transcript, text: string): Promise<void> {
  const events = text.split(/(?<=\n\n)/);
  const record = await play(type, transcript, events, 30);
  const times = transcript.contentEvents!.map((number) => number * 30);
  assertEquals(record.chunksAfterNs, times);
}

async function play(
  type: EndpointType,
  { status = 200, statusText = "OK", plan = {} }: Transcript,
  pieces: readonly string[],
  pauseNs = 0,
): Promise<RequestRecord> {
  const endpoint = await loadEndpoint(type);
  const conversation = { ...JOB.conversation, turns: [turnFor(type)] };
  return receive(
    { status, statusText, reads: pieces.map((piece, i) => [30 + i * pauseNs, piece]) },
    { type, streaming: false, tokenCountSource: "client", ...plan },
    { endpoint, job: { ...JOB, conversation } },
  );
}

/** The fields of `record` that `wanted` has. */
function pick(record: RequestRecord, wanted: Partial<RequestRecord>): Partial<RequestRecord> {
  const keys = Object.keys(wanted) as (keyof RequestRecord)[];
  return Object.fromEntries(keys.map((key) => [key, record[key]]));
}
