/**
 * Writes prepared requests on open connections, one right after the other, in a process of its own:
 * what a burst is at best. Arguments: the URL, how many, how many rounds before it, the body.
 */
const [target, size, rounds, body] = Deno.args as [string, string, string, string];
const { hostname, port, pathname, host } = new URL(target);
const connections = await Promise.all(
  Array.from({ length: Number(size) }, () => Deno.connect({ hostname, port: Number(port) })),
);
const request = new TextEncoder().encode(
  `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
    `content-length: ${body.length}\r\n\r\n${body}`,
);
const buffers = connections.map(() => new Uint8Array(16 * 1024));
for (let round = 0; round <= Number(rounds); round++) {
  // So that the next one meets a server that has nothing else to do.
  await new Promise((resolve) => setTimeout(resolve, 50));
  const written = connections.map((connection) => connection.write(request));
  // The answers are short: each comes in one piece.
  await Promise.all(connections.map((connection, i) => connection.read(buffers[i]!)));
  await Promise.all(written);
}
for (const connection of connections) connection.close();
