// The other process of the messages benchmark: it sends back what it is told to.
import type { Channel } from "../../common/comms/channel.ts";
import type { Message } from "../../common/comms/messages.ts";
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { BareConnection } from "./bare_messages.ts";

/** Credits are counted; a heartbeat comes back; `records_end` brings back the count. */
class Counter {
  #credits = 0;

  reply(message: Message): Message | null {
    if (message.type === "credit") this.#credits++;
    if (message.type === "heartbeat") return message;
    if (message.type !== "records_end") return null;
    const reply: Message = { type: "records_end", records: this.#credits };
    this.#credits = 0;
    return reply;
  }
}

function serveChannel(channel: Channel): void {
  const counter = new Counter();
  channel.receive((message) => {
    const reply = counter.reply(message);
    if (reply) void channel.send(reply);
  }, (problem) => {
    throw problem;
  });
}

async function serveBare(connection: Deno.UnixConn): Promise<void> {
  const bare = new BareConnection(connection);
  const counter = new Counter();
  await bare.receive((message) => {
    const reply = counter.reply(message as Message);
    if (!reply) return;
    void bare.send(reply);
    return bare.flush();
  });
}

if (import.meta.main) {
  const folder = Deno.args[0]!;
  new UnixTransport(folder).listen("ours", serveChannel);
  const listener = Deno.listen({ transport: "unix", path: `${folder}/bare.sock` });
  console.log("ready");
  for await (const connection of listener) void serveBare(connection);
}
