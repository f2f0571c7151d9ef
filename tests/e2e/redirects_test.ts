import { assertEquals, assertStringIncludes } from "@std/assert";
import { readArtifacts } from "../helpers/artifacts.ts";
import { withSandbox } from "../helpers/run_aiperf.ts";
import { withMockServer, withServer } from "../helpers/servers.ts";

Deno.test("a server that sends each request elsewhere is told of, and so is the way around it", async () => {
  await withMockServer({}, async ({ port }) => {
    const place = `http://127.0.0.1:${port}`;
    const redirect = ({ url }: Request) => {
      const { pathname } = new URL(url);
      if (pathname === "/v1/models") return fetch(`${place}/v1/models`);
      return new Response(null, {
        status: 308,
        headers: { location: `${place}${pathname}?ticket=verysecret` },
      });
    };
    await withServer(redirect, (url) =>
      withSandbox(async (sandbox) => {
        const load = "--request-count 4 --warmup-request-count 1 --concurrency 2";
        const args = `--streaming --isl 8 --osl 2 ${load} --url ${url} --artifact-dir out`;
        const { code, stdout, stderr } = await sandbox.run(args.split(" "));
        assertEquals(code, 0, stderr);
        const { json, records } = await readArtifacts(`${sandbox.path}/out`);
        const to = `${place}/v1/chat/completions`;
        assertEquals(records.map(({ redirection }) => redirection), [
          ...Array.from({ length: 5 }, () => ({ status: 308, to })),
        ]);
        const warning = `4 of 4 requests were redirected, the first by a 308 to ${to}: their ` +
          `latencies hold the way there and back. --url ${place} --endpoint /v1/chat/completions ` +
          "goes there at once.";
        assertEquals(json.warnings.filter((one) => one.includes("redirected")), [warning]);
        assertStringIncludes(stdout, "4 of 4 requests were redirected");
        for await (const { name, isFile } of Deno.readDir(`${sandbox.path}/out`)) {
          if (!isFile) continue;
          const text = await Deno.readTextFile(`${sandbox.path}/out/${name}`);
          assertEquals(text.includes("verysecret"), false, name);
        }
        const again = await sandbox.run(["report", "out"]);
        assertEquals([again.code, again.stdout], [0, stdout]);
      }));
  });
});
