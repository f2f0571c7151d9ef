import { assert, assertEquals } from "@std/assert";
import {
  blockWhileWritten,
  isBeingWritten,
  lockForWriting,
  unlockAndClose,
} from "../../../common/runtime/file_lock.ts";
import { LineFile } from "../../../common/runtime/line_file.ts";
import { withFolder } from "../../helpers/journal_text.ts";

Deno.test("a file of lines is locked as long as it is open", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    const file = await LineFile.create(path);
    assertEquals(isBeingWritten(path), true);
    await file.close();
    assertEquals(isBeingWritten(path), false);
  });
});

Deno.test("to ask whether a file is being written does not lock it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    await Deno.writeTextFile(path, "one\n");
    assertEquals(isBeingWritten(path), false);
    using file = await Deno.open(path, { write: true });
    assertEquals(await file.tryLock(true), true);
  });
});

Deno.test("a file that somebody just asks about is locked when they have let go of it", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    await Deno.writeTextFile(path, "");
    using asking = await Deno.open(path);
    assert(await asking.tryLock(false));
    using file = await Deno.open(path, { write: true });
    let tries = 0;
    await lockForWriting({
      async tryLock(isExclusive) {
        const isLocked = await file.tryLock(isExclusive);
        if (++tries === 2) await asking.unlock();
        return isLocked;
      },
    });
    assertEquals([tries, isBeingWritten(path)], [3, true]);
  });
});

Deno.test("a file that another process keeps is written all the same", async () => {
  let tries = 0;
  await lockForWriting({ tryLock: () => Promise.resolve(++tries > 1_000) });
  assertEquals(tries, 20);
});

Deno.test("a lock is given up before the file is closed, for a child may still have the file", () => {
  const calls: string[] = [];
  unlockAndClose({
    unlockSync: () => void calls.push("unlock"),
    close: () => void calls.push("close"),
  });
  assertEquals(calls, ["unlock", "close"]);
});

Deno.test("a file is closed where the file system has no locks", () => {
  let isClosed = false;
  unlockAndClose({
    unlockSync() {
      throw new Deno.errors.NotSupported("no locks");
    },
    close: () => void (isClosed = true),
  });
  assertEquals(isClosed, true);
});

Deno.test("who waits for the writer of a file goes on when it has ended, or does not end, or there is none", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    blockWhileWritten(path, Infinity);
    const script = `const file = Deno.openSync(Deno.args[0], { create: true, write: true });
      file.lockSync(true);
      console.log("locked");
      setInterval(() => {}, 1000);`;
    const writer = new Deno.Command(Deno.execPath(), {
      args: ["eval", script, path],
      stdout: "piped",
    }).spawn();
    const stdout = writer.stdout.getReader();
    await stdout.read();
    await stdout.cancel();
    blockWhileWritten(path, 20);
    assertEquals(isBeingWritten(path), true);
    writer.kill("SIGKILL");
    blockWhileWritten(path, Infinity);
    assertEquals(isBeingWritten(path), false);
    await writer.status;
  });
});

/** How often a file is looked at, at 30 ms each time, by who waits for its writer. */
function slowLooks(path: string, mostMs: number): number {
  const { openSync } = Deno;
  let looks = 0;
  Deno.openSync = (...args) => {
    looks++;
    for (const endMs = performance.now() + 30; performance.now() < endMs;);
    return openSync(...args);
  };
  try {
    blockWhileWritten(path, mostMs);
  } finally {
    Deno.openSync = openSync;
  }
  return looks;
}

Deno.test("who waits for the writer of a file does not wait longer where each look takes long", async () => {
  await withFolder(async (folder) => {
    const path = `${folder}/lines`;
    const file = await LineFile.create(path);
    const looks = slowLooks(path, 60);
    assert(looks <= 2, `${looks} looks of 30 ms within 60`);
    await file.close();
  });
});
