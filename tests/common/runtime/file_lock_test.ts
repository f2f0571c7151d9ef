import { assertEquals } from "@std/assert";
import { isBeingWritten, unlockAndClose } from "../../../common/runtime/file_lock.ts";
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
