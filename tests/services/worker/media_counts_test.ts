import { assertEquals } from "@std/assert";
import { type Media, plainTurn, type Turn } from "../../../common/model/conversation.ts";
import { audioSeconds } from "../../../services/worker/audio_length.ts";
import { type AnsweredMedia, mediaCounts } from "../../../services/worker/media_counts.ts";
import { wavFile, wavUri } from "../../helpers/wav.ts";

const NONE: AnsweredMedia = { imagesMade: 0, audioSeconds: null };
const ONE_SECOND = wavUri({ seconds: 1 });

function turnOf(media: Partial<Media> | null, fields: Partial<Turn> = {}): Turn {
  const all = media && { images: [], audios: [], videos: [], ...media };
  return plainTurn(["x"], { media: all, ...fields });
}

function countsOf(turns: Turn[], answer = NONE, opening: Turn[] = []) {
  const conversation = { index: 0, id: "c", opening, turns };
  return mediaCounts(conversation, turns.length - 1, answer);
}

Deno.test("a request of text that is answered by text has no media", () => {
  assertEquals(countsOf([turnOf(null), turnOf(null)]), null);
});

Deno.test("pictures of earlier turns are sent again, unless the turn stands alone", () => {
  const turns = [turnOf({ images: ["a", "b"] }), turnOf({ images: ["c"] })];
  assertEquals(countsOf(turns, NONE, [turnOf({ images: ["o"] })])?.imagesSent, 4);
  const alone = [turns[0]!, turnOf({ images: ["c"] }, { isStandalone: true })];
  assertEquals(countsOf(alone)?.imagesSent, 1);
});

Deno.test("sounds are as long as their headers say, together", () => {
  const turns = [turnOf({ audios: [ONE_SECOND, wavUri({ seconds: 0.5 })] })];
  assertEquals(countsOf(turns)?.audioSeconds, 1.5);
  assertEquals(countsOf(turns, { imagesMade: 0, audioSeconds: 9 })?.audioSeconds, 1.5);
});

Deno.test("a sound of which nobody knows how long it is, is as long as the server says", () => {
  const turns = [turnOf({ audios: [ONE_SECOND, "data:audio/mpeg;base64,AAEC"] })];
  assertEquals(countsOf(turns)?.audioSeconds, null);
  assertEquals(countsOf(turns, { imagesMade: 0, audioSeconds: 9 })?.audioSeconds, 9);
});

Deno.test("pictures that were made count, whatever was sent", () => {
  const answer = { imagesMade: 2, audioSeconds: null };
  assertEquals(countsOf([turnOf(null)], answer), {
    imagesSent: 0,
    imagesMade: 2,
    audioSeconds: null,
  });
});

Deno.test("the length of a sound is read from the beginning of its data URI", () => {
  assertEquals(audioSeconds(ONE_SECOND), 1);
  assertEquals(audioSeconds(wavUri({ seconds: 60 })), 60);
  for (const bytes of [0, 1, 2, 3]) {
    const before = { name: "LIST", bytes };
    assertEquals(audioSeconds(wavUri({ seconds: 0.25, before })), 0.25);
  }
  const base64 = wavFile({ seconds: 1 }).toBase64();
  for (const uri of ["https://h/a.wav", "data:audio/wav,abc", `data:audio/wav;base64,!${base64}`]) {
    assertEquals(audioSeconds(uri), null, uri);
  }
});
