import { assert, assertEquals } from "@std/assert";
import { brotliCompressSync, gzipSync } from "node:zlib";
import { decodedBody } from "../../../common/http/decoded_body.ts";
import type { ByteReader } from "../../../common/http/http_transport.ts";

/** A body that comes in the given reads; `reads` counts those that were asked for. */
function bodyOf(pieces: readonly Uint8Array<ArrayBuffer>[]) {
  const body = { reads: 0, isCancelled: false, arrivedNs: 0 };
  const reader: ByteReader = {
    get arrivedNs() {
      return body.arrivedNs;
    },
    read() {
      const value = pieces[body.reads++];
      body.arrivedNs = body.reads * 10;
      return Promise.resolve(value === undefined ? { done: true } : { done: false, value });
    },
    cancel() {
      body.isCancelled = true;
    },
  };
  return { body, reader };
}

Deno.test("a large read that unpacks to much more comes in parts, all with its time", async () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(32 * 2 ** 20).fill(0x78)));
  assert(packed.length > 3 * 4096);
  const { body, reader } = bodyOf([packed]);
  const decoded = await decodedBody(reader, "gzip");
  let total = 0;
  for (;;) {
    const { done, value } = await decoded.read();
    if (done) break;
    total += value.length;
    assert(value.length <= 5 * 2 ** 20, `${value.length} bytes at once`);
    assert(value.every((byte) => byte === 0x78));
    if (body.reads === 1) assertEquals(decoded.arrivedNs, 10);
  }
  assertEquals([total, body.reads], [32 * 2 ** 20, 2]);
});

Deno.test("a body that is given up is unpacked no further", async () => {
  const packed = new Uint8Array(gzipSync(new Uint8Array(32 * 2 ** 20)));
  const { body, reader } = bodyOf([packed]);
  const decoded = await decodedBody(reader, "gzip");
  await decoded.read();
  decoded.cancel();
  assertEquals([await decoded.read(), body.isCancelled], [{ done: true }, true]);
});

for (const [encoding, compress] of [["gzip", gzipSync], ["br", brotliCompressSync]] as const) {
  for (const isApart of [true, false]) {
    Deno.test(`zeros behind a body in ${encoding} do not keep it from ending, ${isApart ? "apart" : "together"}`, async () => {
      const packed = new Uint8Array(compress("hello"));
      const zeros = new Uint8Array(9);
      const { reader } = bodyOf(
        isApart ? [packed, zeros] : [new Uint8Array([...packed, ...zeros])],
      );
      const decoded = await decodedBody(reader, encoding);
      const { value } = await decoded.read();
      assertEquals(new TextDecoder().decode(value), "hello");
      assertEquals((await decoded.read()).done, true);
    });
  }
}
