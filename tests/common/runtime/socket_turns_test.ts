import { assert, assertEquals } from "@std/assert";
import { SocketTurns } from "../../../common/runtime/socket_turns.ts";

/** Takes turn after turn, each asked for in the one before; `play` says whether to go on. */
function takeTurns(turns: SocketTurns, play: (turn: number) => boolean): Promise<void> {
  return new Promise((resolve) => {
    const goOn = (turn: number) => play(turn) ? turns.next(() => goOn(turn + 1)) : resolve();
    goOn(0);
  });
}

/** How often a byte is sent. */
const TRIES = 9;

/** How many turns it takes until a byte has been seen that is sent in the tenth of them; 10,000 at most. */
async function turnsUntilSeen(
  turns: SocketTurns,
  { near, far }: { near: Deno.Conn; far: Deno.Conn },
): Promise<number> {
  let seenAt: number | null = null;
  let now = 0;
  const reading = far.read(new Uint8Array(1)).then(() => seenAt = now);
  await takeTurns(turns, (turn) => {
    now = turn;
    if (turn === 10) void near.write(new Uint8Array(1));
    return seenAt === null && turn < 10_000;
  });
  await reading;
  return seenAt! - 10;
}

Deno.test("in turns that follow on one another, other sockets are looked at", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const accepted = listener.accept();
  using near = await Deno.connect({ hostname: "127.0.0.1", port: listener.addr.port });
  using far = await accepted;
  const turns = new SocketTurns();
  await turns.open();
  const waited: number[] = [];
  while (waited.length < TRIES) waited.push(await turnsUntilSeen(turns, { near, far }));
  // On a busy machine a byte on its way to a socket of this machine may now and then take many turns.
  const median = waited.toSorted((a, b) => a - b)[Math.floor(TRIES / 2)]!;
  assert(median < 20, `a byte was seen ${waited.join(", ")} turns after it was sent`);
  await turns.close();
});

Deno.test("where the socket cannot be had, there are turns all the same", async () => {
  const { connect } = Deno;
  const turns = new SocketTurns();
  try {
    const refuse = () => Promise.reject(new Error("Too many open files"));
    Deno.connect = refuse as unknown as typeof connect;
    await turns.open();
  } finally {
    Deno.connect = connect;
  }
  await new Promise<void>((resolve) => turns.next(resolve));
  await turns.close();
});

Deno.test("all who ask for a turn get the same one, also without a socket", async () => {
  for (const isOpen of [true, false]) {
    const turns = new SocketTurns();
    if (isOpen) await turns.open();
    const order: number[] = [];
    await Promise.all(
      [1, 2, 3].map((i) =>
        new Promise<void>((resolve) => turns.next(() => resolve(void order.push(i))))
      ),
    );
    assertEquals(order, [1, 2, 3]);
    await turns.close();
  }
});
