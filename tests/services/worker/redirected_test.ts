import { assertEquals } from "@std/assert";
import { dial } from "../../../common/http/dial.ts";
import { Http1Transport } from "../../../common/http/http1_transport.ts";
import type { RequestRecord } from "../../../common/model/record.ts";
import { SystemClock } from "../../../common/runtime/clock.ts";
import { closedUrl, withServer } from "../../helpers/servers.ts";
import { sendOnce } from "./sending.ts";

/** The record of a request whose server answers it with `redirect`, and with 500 at `/there`. */
async function recordOf(redirect: () => Response): Promise<RequestRecord & { server: string }> {
  const clock = new SystemClock(Math.floor(performance.timeOrigin));
  const transport = new Http1Transport({ dial, clock });
  let record: RequestRecord | undefined;
  let server = "";
  await withServer(
    ({ url }) =>
      new URL(url).pathname === "/there" ? new Response("", { status: 404 }) : redirect(),
    async (url) => {
      server = url;
      const plan = { urls: [`${url}/v1/chat/completions?key=verysecret`] };
      const secrets = { apiKey: "sk-0123456789", headers: {} };
      record = await sendOnce({ clock, transport, plan, secrets });
      transport.close();
    },
  );
  return { ...record!, server };
}

function to(location: string, status = 307): () => Response {
  return () => new Response(null, { status, headers: { location } });
}

Deno.test("the record of a redirected request says where it went, without what may be secret", async () => {
  const { redirection, server } = await recordOf(to("/there?token=verysecret#part"));
  assertEquals(redirection, { status: 307, to: `${server}/there` });
});

Deno.test("a key of the run that stands in a redirect is not shown", async () => {
  const place = new URL(closedUrl());
  place.username = "me";
  place.password = "verysecret";
  place.pathname = "/sk-0123456789/chat";
  const { redirection, error } = await recordOf(to(place.href));
  assertEquals(redirection, { status: 307, to: `http://${place.host}/[redacted]/chat` });
  assertEquals(error?.message, `${place.host} refused the connection`);
});

Deno.test("an error after a redirect is told of the place that it led to", async () => {
  const { error } = await recordOf(to("/there"));
  assertEquals(error?.code, 404);
  assertEquals(error?.message.includes("/there"), true, error?.message);
});

Deno.test("of several redirects the status that lost the body and the last place are kept", async () => {
  let asked = 0;
  const { redirection, server } = await recordOf(() =>
    ++asked === 1 ? to("/again", 308)() : to("/there", 302)()
  );
  assertEquals(redirection, { status: 302, to: `${server}/there` });
});

Deno.test("a request that is not redirected has no word of it in its record", async () => {
  const record = await recordOf(() => new Response("", { status: 500 }));
  assertEquals("redirection" in record, false);
});
