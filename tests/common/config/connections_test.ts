import { assertEquals } from "@std/assert";
import { joinUrl } from "../../../common/config/endpoint_url.ts";
import { resolveConnections } from "../../../common/config/resolve_connections.ts";
import type { ConnectionPlan } from "../../../common/model/connection_plan.ts";
import { pemText } from "../../helpers/certificates.ts";
import { optionsFor, problemsOf } from "../../helpers/command_line.ts";

const FILES = {
  "ca.pem": pemText("ca"),
  "cert.pem": pemText("client"),
  "key.pem": pemText("client_key"),
  "other.pem": pemText("server_key"),
  "text.pem": "secret words",
  "locked.pem":
    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nsecret\n-----END ENCRYPTED PRIVATE KEY-----",
  "broken.pem": "-----BEGIN CERTIFICATE-----\nc2VjcmV0\n-----END CERTIFICATE-----",
  "broken_key.pem": "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----",
};

async function connections(line: string): Promise<ConnectionPlan | null> {
  return resolveConnections(await optionsFor(line.split(" "), { files: FILES }));
}

Deno.test("connections are plain unless somebody asks for more", async () => {
  assertEquals(await connections("--url https://h"), null);
  assertEquals(await connections("--url https://h --http-version 1.1"), null);
});

Deno.test("all about connections comes from their options, files by what they hold", async () => {
  const line = "--url https://h --ca-cert ca.pem --client-cert cert.pem --client-key key.pem " +
    "--connection-reuse-strategy never --local-address ::1,127.0.0.2";
  assertEquals(await connections(line), {
    httpVersion: "1.1",
    reuse: "never",
    localAddresses: ["::1", "127.0.0.2"],
    caCert: FILES["ca.pem"],
    client: { cert: FILES["cert.pem"], key: FILES["key.pem"] },
    proxy: null,
  });
  const other = await connections("--url http://h --http-version 2");
  assertEquals(other?.httpVersion, "2");
  const proxied = await connections("--url http://h --proxy http://u:p@proxy:3128");
  assertEquals(proxied?.proxy, "http://u:p@proxy:3128/");
});

const UNIX: [given: string, url: string][] = [
  ["unix:/run/s.sock", "unix:/run/s.sock:/v1/models"],
  ["unix:///run/s.sock", "unix:/run/s.sock:/v1/models"],
  ["unix:/run/s.sock:/", "unix:/run/s.sock:/v1/models"],
  ["unix:/run/s.sock:/v1/", "unix:/run/s.sock:/v1/models"],
  ["unix:/run/s.sock:/prefix", "unix:/run/s.sock:/prefix/v1/models"],
];

for (const [given, url] of UNIX) {
  Deno.test(`a Unix socket is a server, too: ${given}`, async () => {
    const { values } = await optionsFor(["--url", given]);
    assertEquals(joinUrl(values.url[0]!, "/v1/models"), url);
  });
}

const BAD: [line: string, ...expected: string[]][] = [
  [
    '-H Content-Length:3 transfer-encoding:chunked {"Connection":"close"}',
    "-H: must leave Content-Length to the client, which frames the requests by it",
    "-H: must leave transfer-encoding to the client, which frames the requests by it",
    "-H: must leave Connection to the client, which frames the requests by it",
  ],
  [
    "--url unix:run/s.sock",
    '--url: must be unix: and the absolute path of a socket, got "unix:run/s.sock"',
  ],
  [
    "--ca-cert ca.pem --client-cert cert.pem",
    "--client-cert: has no effect without --client-key",
    "--ca-cert: has no effect without a --url that begins with https:",
    "--client-cert: has no effect without a --url that begins with https:",
  ],
  [
    "--url https://h --client-key key.pem",
    "--client-key: has no effect without --client-cert",
  ],
  [
    "--url https://h --ca-cert none.pem --client-cert text.pem --client-key locked.pem",
    '--ca-cert: cannot read "none.pem": no such file',
    '--client-cert: "text.pem": holds no certificate in PEM',
    '--client-key: "locked.pem": the key is encrypted; it must not be',
  ],
  [
    "--url https://h --ca-cert broken.pem --client-cert cert.pem --client-key text.pem",
    '--ca-cert: "broken.pem": certificate 1 cannot be read',
    '--client-key: "text.pem": holds no private key in PEM',
  ],
  [
    "--url https://h --client-cert cert.pem --client-key broken_key.pem",
    '--client-key: "broken_key.pem": the private key cannot be read',
  ],
  [
    "--url https://h --client-cert cert.pem --client-key other.pem",
    '--client-key: "other.pem": is not the key of --client-cert',
  ],
  [
    "--http-version 2 --connection-reuse-strategy never --proxy http://p:1",
    "--http-version: contradicts --connection-reuse-strategy: the requests of HTTP/2 share one " +
    "connection",
    "--http-version: contradicts --proxy: HTTP/2 is not spoken through a proxy",
  ],
  [
    "--url unix:/s --http-version 2 --proxy http://p:1 --local-address 127.0.0.1",
    "--http-version: contradicts --proxy: HTTP/2 is not spoken through a proxy",
    "--http-version: contradicts --url: HTTP/2 is not spoken on a Unix socket",
    "--proxy: contradicts --url: no proxy leads to a Unix socket",
    "--proxy: contradicts --local-address: the servers see the address of the proxy",
    "--local-address: has no effect on Unix sockets",
  ],
  [
    "--url https://h --proxy http://p:1 --client-cert cert.pem --client-key key.pem",
    "--proxy: contradicts --client-cert: a client certificate cannot be shown through a proxy",
  ],
  [
    "--proxy https://user:secret@p:1",
    "--proxy: must be a URL such as http://[user:password@]host:port",
  ],
  [
    "--http-version 3 --connection-reuse-strategy often",
    '--http-version: must be one of 1.1, 2, got "3"',
    "--connection-reuse-strategy: must be one of pooled, never, sticky-user-sessions, " +
    'got "often"',
  ],
  [
    "--local-address localhost,1.2.3.400,::g",
    '--local-address: must be IP addresses, such as 10.0.0.1,10.0.0.2, got "localhost"',
    '--local-address: must be IP addresses, such as 10.0.0.1,10.0.0.2, got "1.2.3.400"',
    '--local-address: must be IP addresses, such as 10.0.0.1,10.0.0.2, got "::g"',
  ],
  ["--local-address 192.0.2.1", '--local-address: "192.0.2.1" is no address of this machine'],
  [
    "--mock-server --http-version 2",
    "--http-version: has no effect with --mock-server, which is reached on plain connections",
  ],
  [
    "--mock-server --connection-reuse-strategy never",
    "--connection-reuse-strategy: has no effect with --mock-server, which is reached on plain " +
    "connections; start aiperf mock-server by itself and give its --url",
  ],
];

for (const [line, ...expected] of BAD) {
  Deno.test(`bad input about connections: aiperf ${line}`, async () => {
    const problems = await problemsOf(line.split(" "), { files: FILES });
    assertEquals(problems.toSorted(), expected.toSorted());
  });
}
