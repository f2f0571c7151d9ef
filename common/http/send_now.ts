import type { HttpAnswer, HttpRequest, HttpTransport } from "./http_transport.ts";

/** Prepares a request and sends it at once; as `ReadyRequest.send`, and rejects with what `prepare` throws. */
export async function sendNow(
  transport: Pick<HttpTransport, "prepare">,
  request: HttpRequest,
): Promise<HttpAnswer> {
  return await transport.prepare(request).send(request.signal);
}
