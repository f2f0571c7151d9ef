/**
 * The other end of the pacing benchmark, in a process of its own: takes credits from the socket in
 * `Deno.args[0]`, returns each at once, and in the end prints how late each was, in microseconds.
 */
import { UnixTransport } from "../../common/comms/unix_transport.ts";
import { SystemClock } from "../../common/runtime/clock.ts";

const [folder, epochUnixMs] = Deno.args;
const clock = new SystemClock(Number(epochUnixMs));
const channel = await new UnixTransport(folder!).connect("pacing");
const latenessUs: number[] = [];
channel.receive((message) => {
  if (message.type !== "credit") return;
  const { id, phase, dueNs } = message.credit;
  latenessUs.push((clock.nowNs() - dueNs) / 1e3);
  const creditReturn = { creditId: id, phase, outcome: "success" as const };
  void channel.send({ type: "credit_return", creditReturn });
}, (problem) => {
  throw problem;
});
await channel.closed;
await Deno.stdout.write(new TextEncoder().encode(JSON.stringify(latenessUs)));
