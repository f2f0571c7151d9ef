import * as z from "zod/mini";
import {
  ConnectionClosedError,
  HttpSyntaxError,
  NotHttpError,
  ProxyError,
} from "../../common/http/http_error.ts";
import { parseUnixUrl } from "../../common/http/target.ts";
import { tlsTrouble } from "../../common/http/tls_trouble.ts";
import type { RunSecrets } from "../../common/model/run_config.ts";
import { askServer, askStatus, type Question, type Reply } from "./ask_server.ts";
import type { ServerCall } from "./server_calls.ts";

/** How long the server may take to answer before the load starts. */
const ANSWER_TIMEOUT_MS = 10_000;

/** Thrown when the server under test cannot be reached; the message is for the terminal. */
export class UnreachableError extends Error {
  override readonly name = "UnreachableError";
}

/** Thrown when the model to ask for cannot be found out. */
export class NoModelError extends Error {
  override readonly name = "NoModelError";

  /** `mayPass`: the server may answer otherwise when it has loaded its model. */
  constructor(message: string, readonly mayPass = false) {
    super(message);
  }
}

const modelListSchema = z.object({ data: z.array(z.object({ id: z.string() })) });

/**
 * Checks that something answers at the address of each server, before any load is made.
 *
 * Any HTTP answer will do. Throws UnreachableError that names the URL and the reason.
 */
export async function checkReachable(urls: readonly string[], secrets: RunSecrets): Promise<void> {
  const origins = new Set(urls.map(originOf));
  await Promise.all([...origins].map((url) => reach({ url, secrets, by: askStatus })));
}

/**
 * The one model that all servers offer.
 *
 * `urls`: where they list their models. Throws UnreachableError when nothing answers at one of
 * them, and NoModelError when an answer does not name exactly one model, or another one than the
 * first.
 */
export async function discoverModel(
  urls: readonly string[],
  secrets: RunSecrets,
): Promise<string> {
  const [first, ...others] = await Promise.all(urls.map(async (url) => {
    return { url, model: await onlyModelOf(url, secrets) };
  }));
  const other = others.find(({ model }) => model !== first!.model);
  if (other === undefined) return first!.model;
  throw new NoModelError(
    `--model: none given, and ${first!.url} offers ${first!.model}, but ${other.url} ` +
      `${other.model}; name the model by --model`,
  );
}

async function onlyModelOf(url: string, secrets: RunSecrets): Promise<string> {
  const { status, text } = await ask(url, secrets);
  const hint = "name the model by --model";
  if (!isGood(status)) {
    throw new NoModelError(
      `--model: none given and none to be found: GET ${url} answered ${status}; ${hint}`,
      true,
    );
  }
  const models = readModels(text);
  if (models === null) {
    throw new NoModelError(
      `--model: none given and none to be found: GET ${url} did not answer a list of models; ${hint}`,
      true,
    );
  }
  if (models.length === 1) return models[0]!;
  const offer = models.length === 0 ? "no model" : `${models.length} models: ${models.join(", ")}`;
  const mayPass = models.length === 0;
  throw new NoModelError(`--model: none given and ${url} offers ${offer}; ${hint}`, mayPass);
}

/**
 * Whether a server lists all of these models: null when it does, else what is missing, in words.
 *
 * `url`: where it lists them. Throws UnreachableError when nothing answers.
 */
export async function findMissingModel(
  url: string,
  wanted: readonly string[],
  secrets: RunSecrets,
): Promise<string | null> {
  const { status, text } = await ask(url, secrets);
  if (!isGood(status)) return `GET ${url} answered ${status}`;
  const models = readModels(text);
  if (models === null) return `GET ${url} did not answer a list of models`;
  const missing = wanted.find((model) => !models.includes(model));
  if (missing === undefined) return null;
  const listed = models.length === 0 ? "no model" : `only ${models.join(", ")}`;
  return `${url} lists ${listed}, and not ${missing}`;
}

function readModels(text: string): string[] | null {
  try {
    return modelListSchema.parse(JSON.parse(text)).data.map(({ id }) => id);
  } catch {
    return null;
  }
}

/**
 * POSTs nothing to a server and wants a 2xx.
 *
 * Rejects with an Error in plain words: what the server answered, or why it did not.
 */
export async function postNothing({ url, secrets, timeoutMs, signal }: ServerCall): Promise<void> {
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  let status: number;
  try {
    status = await askStatus({ method: "POST", url, secrets, signal: limited });
  } catch (error) {
    throw new Error(describeNetworkError(error, timeoutMs), { cause: error });
  }
  // Not what it says: it may hold anything.
  if (!isGood(status)) throw new Error(`the server answered ${status}`);
}

function isGood(status: number): boolean {
  return status >= 200 && status <= 299;
}

/** The server at a URL, without the path of the request. */
function originOf(url: string): string {
  const unix = parseUnixUrl(url);
  return unix === null ? new URL(url).origin : `unix:${unix.socketPath}`;
}

function ask(url: string, secrets: RunSecrets): Promise<Reply> {
  return reach({ url, secrets, by: askServer });
}

interface Reach<T> {
  readonly url: string;
  readonly secrets: RunSecrets;
  readonly by: (question: Question) => Promise<T>;
}

async function reach<T>({ url, secrets, by }: Reach<T>): Promise<T> {
  try {
    const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
    return await by({ method: "GET", url, secrets, signal });
  } catch (error) {
    throw new UnreachableError(`Cannot reach ${url}: ${describeNetworkError(error)}`);
  }
}

/** What went wrong with a connection, in plain words. */
function describeNetworkError(error: unknown, timeoutMs = ANSWER_TIMEOUT_MS): string {
  if (error instanceof DOMException && error.name === "TimeoutError") {
    return `no answer within ${timeoutMs / 1000} s; is this the right host and port, ` +
      "and is it http or https?";
  }
  const text = errorChain(error);
  if (error instanceof ProxyError) return `the proxy ${error.message} (--proxy)`;
  if (/^no such file/i.test(text)) return "there is no such socket; is the server running?";
  if (/refused/i.test(text)) return "connection refused; is the server running on this port?";
  if (/dns error|lookup address|name or service not known|no record found/i.test(text)) {
    return "the host name cannot be resolved; is it spelled right?";
  }
  const trouble = tlsTrouble(text);
  if (trouble !== null) return `no secure connection: ${trouble}`;
  if (/certificate|tls|handshake|alert/i.test(text)) {
    return `the TLS connection failed (${lastPart(text)}); is it http or https?`;
  }
  if (error instanceof ConnectionClosedError) {
    return error.isReused ? error.message : `${error.message}; is it http or https?`;
  }
  if (error instanceof NotHttpError || error instanceof HttpSyntaxError) {
    return `it does not speak HTTP (${error.message}); is it http or https?`;
  }
  return lastPart(text);
}

function errorChain(error: unknown): string {
  const parts: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause) parts.push(at.message);
  return parts.length > 0 ? parts.join(": ") : String(error);
}

function lastPart(text: string): string {
  return text.split(": ").at(-1) ?? text;
}
