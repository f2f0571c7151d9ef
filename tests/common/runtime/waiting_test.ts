import { assert, assertEquals, assertRejects } from "@std/assert";
import { blockThread, EventLoopTurner } from "../../../common/runtime/waiting.ts";

async function withFolder(use: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("a blocked thread waits at least as long as it was told", () => {
  const start = performance.now();
  blockThread(2.5);
  assert(performance.now() - start >= 2.4);
});

Deno.test("in a turn of the event loop what others have sent is read", async () => {
  await withFolder(async (folder) => {
    const turner = await EventLoopTurner.open(`${folder}/turn.sock`);
    using listener = Deno.listen({ transport: "unix", path: `${folder}/other.sock` });
    const accepted = listener.accept();
    using sender = await Deno.connect({ transport: "unix", path: `${folder}/other.sock` });
    using receiver = await accepted;
    for (let i = 0; i < 50; i++) {
      let hasArrived = false;
      const reading = receiver.read(new Uint8Array(1)).then(() => hasArrived = true);
      await sender.write(new Uint8Array(1));
      await turner.turn();
      await turner.turn();
      assert(hasArrived, `byte ${i}`);
      await reading;
    }
    turner.close();
  });
});

Deno.test("a turner leaves no socket behind and does not take another's place", async () => {
  await withFolder(async (folder) => {
    const turner = await EventLoopTurner.open(`${folder}/turn.sock`);
    assertEquals(await Array.fromAsync(Deno.readDir(folder)), []);
    turner.close();
    await assertRejects(() => EventLoopTurner.open(`${folder}/missing/turn.sock`));
  });
});
