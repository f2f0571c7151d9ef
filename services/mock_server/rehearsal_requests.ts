/** What is rehearsed most. */
export const CHAT_PATH = "/v1/chat/completions";

/** Where the requests of a rehearsal go: to the APIs that answer with text, or with numbers. */
export const TEXT_PATHS: readonly string[] = [
  CHAT_PATH,
  "/v1/completions",
  "/v1/responses",
  "/v1/messages",
  "/v1/embeddings",
  "/v2/rerank",
  "/rerank",
  "/api/chat",
  "/api/generate",
  "/generate",
  "/generate_stream",
];

const TOKENS = 8;
const encoder = new TextEncoder();

/** What each of those APIs finds its own fields in. */
const BODY = {
  model: "mock-model",
  messages: [{ role: "user", content: "word ".repeat(50) }],
  prompt: "word",
  input: "word",
  inputs: "word",
  query: "word",
  documents: ["word"],
  texts: ["word"],
  max_tokens: TOKENS,
  max_output_tokens: TOKENS,
  options: { num_predict: TOKENS },
  parameters: { max_new_tokens: TOKENS },
};

/**
 * One request for a stream and one for a whole answer to each path, one after the other as bytes; after
 * the last, the server is to close the connection.
 */
export function rehearsalOf(paths: readonly string[]): Uint8Array {
  const bodies = [true, false].map((stream) => JSON.stringify({ ...BODY, stream }));
  const posts = paths.flatMap((path) => bodies.map((body) => post(path, body)));
  return encoder.encode(`${posts.join("")}GET /health HTTP/1.1\r\nConnection: close\r\n\r\n`);
}

function post(path: string, body: string): string {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Anthropic-Version: 2023-06-01\r\nX-Request-ID: rehearsal\r\n` +
    `Content-Length: ${body.length}\r\n\r\n${body}`;
}
