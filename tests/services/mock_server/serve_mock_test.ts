import { assertEquals } from "@std/assert";
import { serveMock } from "../../../services/mock_server/serve_mock.ts";

/** What is said on stderr while `work` is done where nothing can listen, for the reason `why`. */
async function saidWhereNothingListens(why: Error, work: () => Promise<void>): Promise<string> {
  const { listen } = Deno;
  const { writeSync } = Deno.stderr;
  let said = "";
  Deno.listen = (() => {
    throw why;
  }) as unknown as typeof listen;
  Deno.stderr.writeSync = (bytes) => {
    said += new TextDecoder().decode(bytes);
    return bytes.length;
  };
  try {
    await work();
  } finally {
    Deno.listen = listen;
    Deno.stderr.writeSync = writeSync;
  }
  return said;
}

const REASONS: [why: Error, words: string][] = [
  [new Deno.errors.AddrInUse("Address already in use (os error 98)"), "the port is in use"],
  [
    new Deno.errors.AddrNotAvailable("Cannot assign requested address (os error 99)"),
    "this machine has no such address",
  ],
  [new Deno.errors.PermissionDenied("Permission denied (os error 13)"), "permission denied"],
  [new Error("Too many open files (os error 24)"), "Too many open files (os error 24)"],
];

for (const [why, words] of REASONS) {
  Deno.test(`a mock server that cannot listen ends with 2, and says why: ${words}`, async () => {
    const said = await saidWhereNothingListens(why, async () => {
      assertEquals(await serveMock({ host: "127.0.0.1", port: 80 }), 2);
      assertEquals(await serveMock({ host: "::1", port: 80 }), 2);
    });
    const lines = ["127.0.0.1:80", "[::1]:80"].map((where) =>
      `aiperf: cannot listen on ${where}: ${words}; choose another --port or --host\n`
    );
    assertEquals(said, lines.join(""));
  });
}
