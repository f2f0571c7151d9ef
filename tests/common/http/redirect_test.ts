import { assertEquals, assertRejects } from "@std/assert";
import { RedirectError } from "../../../common/http/http_error.ts";
import type { HttpAnswer, HttpMessage, Redirect } from "../../../common/http/http_transport.ts";
import { followRedirects } from "../../../common/http/redirect.ts";

const REQUEST: HttpMessage = {
  method: "POST",
  url: "http://one.test:8000/v1/chat",
  headers: [
    ["Authorization", "Bearer x"],
    ["X-Key", "y"],
    ["X-Id", "1"],
    ["Content-Type", "application/json"],
  ],
  body: "{}",
  secretHeaders: new Set(["x-key"]),
};

function answerOf(status: number, location: string | null): HttpAnswer {
  return {
    status,
    statusText: "",
    headNs: 0,
    header: (name) => name === "location" ? location : null,
    body: { arrivedNs: 0, read: () => Promise.resolve({ done: true }), cancel() {} },
  };
}

/** What is sent when the first answers are redirects, and a 200 follows. */
async function sent(...redirects: [status: number, location: string | null][]) {
  const told: Redirect[] = [];
  const requests: HttpMessage[] = [];
  const answers = redirects.values();
  const { status } = await followRedirects({
    ...REQUEST,
    onRedirect: (redirect) => told.push(redirect),
  }, (one) => {
    const { onRedirect: _, ...request } = one;
    requests.push(request);
    return Promise.resolve(answerOf(...answers.next().value ?? [200, null]));
  });
  return { requests, status, told };
}

for (const status of [307, 308]) {
  Deno.test(`${status} sends the same request to another place`, async () => {
    const { requests } = await sent([status, "/v2/chat?a=b#c"]);
    assertEquals(requests, [REQUEST, { ...REQUEST, url: "http://one.test:8000/v2/chat?a=b" }]);
  });
}

for (const status of [301, 302, 303]) {
  Deno.test(`${status} makes a request without a body of it`, async () => {
    const { requests } = await sent([status, "other"]);
    assertEquals(requests[1], {
      ...REQUEST,
      method: "GET",
      url: "http://one.test:8000/v1/other",
      headers: REQUEST.headers.slice(0, 3),
      body: null,
    });
  });
}

for (const place of ["https://one.test:8000/", "http://one.test/", "http://two.test:8000/"]) {
  Deno.test(`credentials stay at home: ${place}`, async () => {
    const { requests } = await sent([307, place], [307, REQUEST.url]);
    const names = requests.map(({ headers }) => headers.map(([name]) => name));
    assertEquals(names.slice(1), [["X-Id", "Content-Type"], ["X-Id", "Content-Type"]]);
  });
}

for (const [status, location] of [[300, "/"], [304, "/"], [305, "/"], [200, "/"], [307, null]]) {
  Deno.test(`${status} with ${location} is an answer, no redirect`, async () => {
    const answer = await sent([status as number, location as string | null]);
    assertEquals([answer.requests.length, answer.status], [1, status]);
  });
}

Deno.test("each redirect that is followed is told of, with its status and where it leads", async () => {
  assertEquals((await sent()).told, []);
  const { told } = await sent([307, "/a?b=c#d"], [301, "https://two.test/"]);
  assertEquals(told, [
    { status: 307, url: "http://one.test:8000/a?b=c" },
    { status: 301, url: "https://two.test/" },
  ]);
});

Deno.test("five redirects are followed, and no more", async () => {
  const five = Array.from({ length: 5 }, (): [number, string] => [307, "/"]);
  assertEquals((await sent(...five)).status, 200);
  const error = await assertRejects(() => sent(...five, [307, "/"]), RedirectError);
  assertEquals(error.type, "TooManyRedirects");
});

for (const nowhere of ["http://", "ftp://one.test/", "data:,x", "http://[/"]) {
  Deno.test(`a redirect to ${nowhere} leads nowhere`, async () => {
    const error = await assertRejects(() => sent([307, nowhere]), RedirectError);
    assertEquals(error.type, "BadRedirect");
  });
}
