import { assert, assertEquals } from "@std/assert";
import { APIS_BY_PATH } from "../../../services/mock_server/apis/registry.ts";
import { type HttpRequest, HttpRequestParser } from "../../../services/mock_server/http_request.ts";
import { resolveMockOptions } from "../../../services/mock_server/mock_options.ts";
import { rehearse } from "../../../services/mock_server/rehearsal.ts";
import {
  CHAT_PATH,
  rehearsalOf,
  TEXT_PATHS,
} from "../../../services/mock_server/rehearsal_requests.ts";
import { Router } from "../../../services/mock_server/router.ts";
import { startMockServer } from "../../../services/mock_server/server.ts";

function parsed(bytes: Uint8Array): HttpRequest[] {
  const parser = new HttpRequestParser();
  parser.push(bytes);
  const requests: HttpRequest[] = [];
  for (let one = parser.next(); one !== null; one = parser.next()) requests.push(one);
  return requests;
}

Deno.test("a rehearsal has a stream and a whole answer of each API, all of them granted", () => {
  assert(TEXT_PATHS.every((path) => APIS_BY_PATH.has(path)));
  const router = new Router(resolveMockOptions({}), 0);
  const requests = parsed(rehearsalOf(TEXT_PATHS));
  for (const request of requests) {
    const reply = router.route(request, 0);
    reply.take(0);
    reply.written(0);
  }
  const { received, finished } = router.log.stats();
  assertEquals([received, finished], [2 * TEXT_PATHS.length, 2 * TEXT_PATHS.length]);
  const chats = router.log.page().requests.filter(({ path }) => path === CHAT_PATH);
  assertEquals(chats.map(({ stream, outputTokens }) => [stream, outputTokens]), [
    [true, 8],
    [false, 8],
  ]);
  assertEquals(requests.map(({ keepAlive }) => keepAlive).lastIndexOf(true), requests.length - 2);
});

Deno.test("a rehearsal is played to its end and leaves no trace in the server that counts", async () => {
  const server = startMockServer();
  // One player for every API, four for chat.
  assertEquals(await rehearse(0), 2 * TEXT_PATHS.length + 4 * 2);
  assertEquals([server.stats().received, server.requests().next, server.calls()], [0, 0, []]);
  await server.stop();
});
