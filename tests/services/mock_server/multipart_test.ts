import { assertEquals, assertThrows } from "@std/assert";
import { ApiError } from "../../../services/mock_server/apis/api_error.ts";
import { transcriptionsApi } from "../../../services/mock_server/apis/audio.ts";
import { imagesApi } from "../../../services/mock_server/apis/images.ts";
import { parseForm } from "../../../services/mock_server/multipart.ts";
import { API_DEFAULTS, apiPost } from "./api_requests.ts";

const TYPE = 'multipart/form-data; boundary="xx"';

function form(...parts: string[]): string {
  return parts.map((part) => `--xx\r\n${part}\r\n`).join("") + "--xx--\r\n";
}

function parse(text: string, contentType = TYPE) {
  return [...parseForm(contentType, new TextEncoder().encode(text))]
    .map(([name, { fileName, bytes }]) => [name, fileName, new TextDecoder().decode(bytes)]);
}

const MODEL = 'Content-Disposition: form-data; name="model"\r\n\r\nm';
const FILE = 'content-disposition: form-data; name="file"; filename="a.wav"\r\n' +
  "Content-Type: audio/wav\r\n\r\nRIFF\r\n-xx\r\n";

Deno.test("a form is read part by part, its files byte for byte", () => {
  assertEquals(parse(form(MODEL, FILE)), [
    ["model", null, "m"],
    ["file", "a.wav", "RIFF\r\n-xx\r\n"],
  ]);
  assertEquals(parse("-\r\n" + form(MODEL)), [["model", null, "m"]]);
  assertEquals(parse(form()), []);
  assertEquals(parse(form(MODEL, MODEL.replace(/m$/, "n"))), [["model", null, "n"]]);
});

Deno.test("the words of a form's heads may come in any order and case", () => {
  const parts = [
    'Content-Disposition: form-data; filename="a.wav"; name="file"\r\n\r\nRIFF',
    'CONTENT-DISPOSITION: FORM-DATA; NAME="other"; FILENAME=""\r\n\r\n',
  ];
  assertEquals(parse(form(...parts)), [["file", "a.wav", "RIFF"], ["other", "", ""]]);
});

Deno.test("the boundary of a form is found however its content type is written", () => {
  const types = [
    "multipart/form-data; boundary=xx",
    'Multipart/Form-Data ;BOUNDARY="xx"',
    "multipart/form-data; charset=utf-8; boundary=xx; format=flowed",
    'multipart/form-data;charset=utf-8;boundary="xx";format=flowed',
  ];
  for (const type of types) assertEquals(parse(form(MODEL), type), [["model", null, "m"]], type);
});

Deno.test("what is no form is refused", () => {
  const cases: [text: string, contentType: string, message: string][] = [
    [form(MODEL), "application/json", "must be multipart/form-data"],
    [form(MODEL), "multipart/form-data", "with a boundary"],
    [form(MODEL), "multipart/form-data; xboundary=xx", "with a boundary"],
    [form(MODEL), 'multipart/form-data; boundary=""', "with a boundary"],
    [form(MODEL), "x-multipart/form-data; boundary=xx", "must be multipart/form-data"],
    ["", TYPE, "does not end"],
    ["abc--", TYPE, "does not end"],
    [`--xx\r\n${MODEL}\r\n--xx-`, TYPE, "does not end"],
    [`--xx\r\n${MODEL}\r\n--xx -`, TYPE, "does not end"],
    [form("no head", MODEL), TYPE, "does not end"],
    [`--xx\r\n${MODEL}`, TYPE, "does not end"],
    ["--xx\r\nno head--xx--", TYPE, "does not end"],
    [form("Content-Disposition: form-data\r\n\r\nm"), TYPE, "has no name"],
  ];
  for (const [text, contentType, message] of cases) {
    assertThrows(() => parse(text, contentType), ApiError, message);
  }
});

Deno.test("the audio API refuses a form without a sound, or in a format that there is not", () => {
  const ask = (...parts: string[]) =>
    transcriptionsApi.parse(
      apiPost(form(...parts), { headers: { "content-type": TYPE } }),
      API_DEFAULTS,
    );
  assertThrows(() => ask(MODEL), ApiError, "Missing required parameter: 'file'");
  const format = 'Content-Disposition: form-data; name="response_format"\r\n\r\nmp3';
  assertThrows(() => ask(FILE, format), ApiError, "must be one of json, text, verbose_json");
  assertEquals(ask(FILE, MODEL).model, "m");
});

const IDENTITY = { serial: "1", createdUnixS: 0, reportUsage: true };

Deno.test("a transcript comes in the format that was asked for", () => {
  const answerIn = (format: string) => {
    const part = `Content-Disposition: form-data; name="response_format"\r\n\r\n${format}`;
    const request = apiPost(form(FILE, part), { headers: { "content-type": TYPE } });
    const defaults = { ...API_DEFAULTS, defaultOutputTokens: 2 };
    return transcriptionsApi.whole(transcriptionsApi.parse(request, defaults), IDENTITY);
  };
  assertEquals(JSON.parse(answerIn("json").body).text, " the quick");
  const verbose = JSON.parse(answerIn("verbose_json").body);
  assertEquals([verbose.text, verbose.task, verbose.duration], [" the quick", "transcribe", 0]);
  assertEquals(answerIn("text"), {
    contentType: "text/plain; charset=utf-8",
    body: " the quick\n",
  });
  assertEquals(answerIn("srt").body.startsWith("1\n00:00:00,000 --> "), true);
  assertEquals(answerIn("vtt").body.startsWith("WEBVTT\n\n00:00:00.000 --> "), true);
});

Deno.test("the images API makes as many as are wanted, as data or by URL, and refuses other wishes", () => {
  const ask = (body: unknown) => imagesApi.parse(apiPost(body), API_DEFAULTS);
  const dataOf = (body: unknown) => JSON.parse(imagesApi.whole(ask(body), IDENTITY).body).data;
  assertEquals(dataOf({ prompt: "a" }).map((one: object) => Object.keys(one)), [["b64_json"]]);
  assertEquals(dataOf({ prompt: "a", n: 2, response_format: "url" }), [
    { url: "http://mock-server/1/0.png" },
    { url: "http://mock-server/1/1.png" },
  ]);
  const refused: [body: unknown, message: string][] = [
    [{}, "Missing required parameter: 'prompt'"],
    [{ prompt: "" }, "must be a text"],
    [{ prompt: "a", n: 11 }, "'n': must be an integer from 1 to 10"],
    [{ prompt: "a", partial_images: 4 }, "'partial_images': must be an integer from 1 to 3"],
    [{ prompt: "a", response_format: "gif" }, 'must be "b64_json" or "url"'],
  ];
  for (const [body, message] of refused) assertThrows(() => ask(body), ApiError, message);
});
