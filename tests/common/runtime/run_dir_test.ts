import { assert, assertEquals, assertThrows } from "@std/assert";
import { makeRunDir, removeRunDir } from "../../../common/runtime/run_dir.ts";

Deno.test("a run directory is fresh and for its user alone", () => {
  const parent = Deno.makeTempDirSync();
  const folders = [makeRunDir(parent), makeRunDir(parent)];
  assertEquals(new Set(folders).size, 2);
  for (const folder of folders) {
    assert(folder.startsWith(`${parent}/aiperf-`));
    assertEquals(Deno.statSync(folder).mode! & 0o777, 0o700);
    removeRunDir(folder);
  }
  assertEquals([...Deno.readDirSync(parent)], []);
  Deno.removeSync(parent);
});

Deno.test("a parent whose path is too long for a socket is refused and left as it was", () => {
  const parent = Deno.makeTempDirSync();
  const long = `${parent}/${"d".repeat(80)}`;
  Deno.mkdirSync(long);
  const error = assertThrows(() => makeRunDir(long), Error);
  assert(error.message.startsWith(`Cannot use "${long}/aiperf-`));
  assert(error.message.endsWith(
    "for sockets: its path is longer than 80 bytes; choose a shorter one by --runtime-dir",
  ));
  assertEquals([...Deno.readDirSync(long)], []);
  Deno.removeSync(parent, { recursive: true });
});

Deno.test("a parent that cannot hold a folder is named with the reason", () => {
  const file = Deno.makeTempFileSync();
  for (const parent of ["/nonexistent", file, "/proc"]) {
    const error = assertThrows(() => makeRunDir(parent), Error);
    assert(error.message.startsWith(`Cannot make a run directory in "${parent}": `), error.message);
    assert(error.message.endsWith("; choose one by --runtime-dir"));
  }
  Deno.removeSync(file);
});

Deno.test("without a parent the system's own folders are tried, and the one that serves is used", () => {
  const before = ["XDG_RUNTIME_DIR", "TMPDIR"].map((name) => [name, Deno.env.get(name)] as const);
  const good = Deno.makeTempDirSync({ dir: "/tmp" });
  try {
    Deno.env.set("XDG_RUNTIME_DIR", "/nonexistent");
    Deno.env.set("TMPDIR", good);
    assert(makeRunDir(null).startsWith(`${good}/aiperf-`));
    Deno.env.set("XDG_RUNTIME_DIR", "");
    assert(makeRunDir(null).startsWith(`${good}/aiperf-`));
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) Deno.env.delete(name);
      else Deno.env.set(name, value);
    }
    Deno.removeSync(good, { recursive: true });
  }
});

Deno.test("removing a run directory takes what is in it, and one that is gone is fine", () => {
  const folder = makeRunDir(null);
  Deno.writeTextFileSync(`${folder}/bus.sock`, "");
  removeRunDir(folder);
  removeRunDir(folder);
  assertThrows(() => Deno.statSync(folder), Deno.errors.NotFound);
});
