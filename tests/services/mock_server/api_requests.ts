import type { ApiDefaults } from "../../../services/mock_server/apis/api.ts";
import type { HttpRequest } from "../../../services/mock_server/http_request.ts";

/** What requests to the mock's APIs leave open, in tests. */
export const API_DEFAULTS: ApiDefaults = { model: "mock-model", defaultOutputTokens: 50 };

/** A POST request with a JSON body; a text is taken as it is. */
export function apiPost(
  body: unknown,
  { path = "/", headers = {} }: { path?: string; headers?: Record<string, string> } = {},
): HttpRequest {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return {
    method: "POST",
    path,
    query: "",
    headers: new Map(Object.entries(headers)),
    body: new TextEncoder().encode(text),
    keepAlive: true,
  };
}
