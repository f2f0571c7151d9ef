import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { LineFile, type WritableFile } from "../../../common/runtime/line_file.ts";

/** A disk that takes three bytes at a time and keeps a diary. */
class FakeFile implements WritableFile {
  readonly diary: string[] = [];
  text = "";
  isFull = false;

  write(bytes: Uint8Array): Promise<number> {
    if (this.isFull) return Promise.reject(new Error("No space left on device (os error 28)"));
    const taken = bytes.subarray(0, 3);
    this.text += new TextDecoder().decode(taken);
    this.diary.push("write");
    return Promise.resolve(taken.length);
  }

  syncData(): Promise<void> {
    this.diary.push("sync");
    return Promise.resolve();
  }

  close(): void {
    this.diary.push("close");
  }
}

async function withPath(use: (path: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await use(`${folder}/lines.txt`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("LineFile keeps the order of lines that come while others are written", async () => {
  await withPath(async (path) => {
    const file = await LineFile.create(path);
    const expected: string[] = [];
    for (let i = 0; i < 1_000; i++) {
      expected.push(`line ${i} ü 😀`);
      void file.append(expected[i]!);
      if (i % 100 === 0) await file.flush();
    }
    await file.close();
    assertEquals(await Deno.readTextFile(path), expected.join("\n") + "\n");
    assertEquals(file.queued, 0);
  });
});

Deno.test("LineFile asks a writer to wait when too much is queued", async () => {
  await withPath(async (path) => {
    const file = await LineFile.create(path);
    const line = "x".repeat(3 * 1024 * 1024);
    assertEquals(file.append(line), undefined);
    const room = file.append(line);
    assertEquals(room instanceof Promise, true);
    await room;
    assertEquals(file.queued, 0);
    await file.close();
  });
});

Deno.test("LineFile tells the next writer what went wrong with an earlier line", {
  // Every write to this device, which Linux alone has, fails as on a full disk.
  ignore: Deno.build.os !== "linux",
}, async () => {
  const file = await LineFile.create("/dev/full");
  void file.append("lost");
  await assertRejects(() => file.flush(), Error, "No space left on device");
  await assertRejects(async () => await file.append("more"), Error, "No space left on device");
  await assertRejects(() => file.close(), Error, "No space left on device");
});

Deno.test("LineFile tells how many lines outlive the process, write by write", async () => {
  const file = new FakeFile();
  const written: number[] = [];
  const lines = new LineFile(file, { onWritten: (count) => written.push(count) });
  void lines.append("a");
  void lines.append("b");
  await lines.flush();
  void lines.append("c");
  await lines.flush();
  assertEquals(file.text, "a\nb\nc\n");
  assertEquals(written, [2, 1]);
});

Deno.test("LineFile has the disk confirm each write before it tells of it", async () => {
  const file = new FakeFile();
  const options = { syncAlways: true, onWritten: () => file.diary.push("told") };
  const lines = new LineFile(file, options);
  void lines.append("abc");
  await lines.close();
  assertEquals(file.diary, ["write", "write", "sync", "told", "close"]);
});

Deno.test("LineFile asks the disk for confirmation only when there is something new", async () => {
  const file = new FakeFile();
  const lines = new LineFile(file);
  await lines.sync();
  void lines.append("a");
  await lines.flush();
  await lines.sync();
  await lines.sync();
  assertEquals(file.diary, ["write", "sync"]);
});

Deno.test("LineFile tells once of a disk that is full and drops what it cannot write", async () => {
  const file = new FakeFile();
  const errors: unknown[] = [];
  const lines = new LineFile(file, { onError: (error) => errors.push(error) });
  void lines.append("a");
  await lines.flush();
  file.isFull = true;
  void lines.append("b");
  await assertRejects(() => lines.flush(), Error, "No space left on device");
  assertThrows(() => void lines.append("c"), Error, "No space left on device");
  assertEquals(errors.length, 1);
  assertEquals(lines.queued, 0);
  assertEquals(file.text, "a\n");
});

Deno.test("LineFile goes on with a file and cuts off what is torn", async () => {
  await withPath(async (path) => {
    await Deno.writeTextFile(path, "one\ntwo\nthr");
    const file = await LineFile.resume(path, 8);
    void file.append("three");
    await file.close();
    assertEquals(await Deno.readTextFile(path), "one\ntwo\nthree\n");
  });
});

Deno.test("LineFile makes files that nobody else can write, whatever the umask", {
  ignore: Deno.build.os === "windows",
}, async () => {
  await withPath(async (path) => {
    const script = `import { LineFile } from "${
      import.meta.resolve("../../../common/runtime/line_file.ts")
    }"; await (await LineFile.create(Deno.args[0])).close();`;
    const { code } = await new Deno.Command("sh", {
      args: ["-c", 'umask 0; exec "$@"', "-", Deno.execPath(), "eval", script, path],
    }).output();
    assertEquals(code, 0);
    assertEquals((await Deno.stat(path)).mode! & 0o777, 0o644);
  });
});
