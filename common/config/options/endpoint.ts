import { ENDPOINT_TYPE_NAMES } from "../../model/endpoint_types.ts";
import { MODEL_STRATEGIES } from "../../model/model_strategy.ts";
import { option } from "../option.ts";
import { baseUrls, urlPath } from "../address_types.ts";
import { bearerToken, headerName, httpHeaders } from "../header_types.ts";
import { modelNames, weights } from "../structured_types.ts";
import { choice, decimal, text, toggle } from "../value_type.ts";

/** Where requests go and what they look like. */
export const ENDPOINT_OPTIONS = {
  model: option({
    type: modelNames(),
    default: null,
    defaultNote: "the one model that the server lists",
    path: "endpoint.model_names",
    aliases: ["-m", "--model-names"],
    help:
      "The model to ask for, or several, as a list with commas or by repeating the option; the first one's tokenizer counts for all, and the results are named after it.",
  }),
  modelSelectionStrategy: option({
    type: choice(MODEL_STRATEGIES),
    default: "round_robin",
    path: "endpoint.model_selection_strategy",
    help:
      "Which of several models a request asks for: each in turn, one drawn by chance, or one drawn by --model-weights; the same for the same seed. The bodies in inputs.json name the first one.",
  }),
  modelWeights: option({
    type: weights(),
    default: null,
    path: "endpoint.model_weights",
    help:
      "How often each of several models is asked for, in the order of --model: 3,1 asks for the first one three times as often as for the second.",
  }),
  url: option({
    type: baseUrls(),
    default: ["http://localhost:8000"],
    path: "endpoint.url",
    aliases: ["-u"],
    help:
      "Where the server listens, also unix:/path/of/socket; a path prefix is kept, and a /v1 or the endpoint's whole path at the end is not doubled. Of several servers, as a list with commas or by repeating the option, each gets the same headers.",
  }),
  urlStrategy: option({
    type: choice(["round_robin"]),
    default: "round_robin",
    path: "endpoint.url_strategy",
    help:
      "How conversations are spread over several URLs: one after the other. All requests of a conversation go to the same one.",
  }),
  endpoint: option({
    type: urlPath(),
    default: null,
    defaultNote: "the usual path of the endpoint type",
    path: "endpoint.custom_endpoint",
    aliases: ["--custom-endpoint"],
    help: "Path to send requests to, appended to the URL.",
  }),
  endpointType: option({
    type: choice(ENDPOINT_TYPE_NAMES),
    default: "chat",
    path: "endpoint.type",
    help: "The API to speak.",
  }),
  payloadTemplate: option({
    type: text("TEMPLATE"),
    default: null,
    defaultNote: "none",
    path: "endpoint.template.body",
    help:
      "The body of --endpoint-type template, in Jinja: a text, the file that holds it, or nv-embedqa; see docs/endpoints.md.",
  }),
  responseField: option({
    type: text("PATH"),
    default: null,
    defaultNote: "found out from the answer",
    path: "endpoint.template.response_field",
    help:
      "Where an answer to --endpoint-type template, or an event of its stream, holds the text, in JMESPath, e.g. data[0].text.",
  }),
  streaming: option({
    type: toggle(),
    default: false,
    path: "endpoint.streaming",
    help:
      "Ask for the answer as a stream; only then are there times to the first token and between tokens.",
  }),
  apiKey: option({
    type: bearerToken(),
    default: null,
    path: "endpoint.api_key",
    secret: true,
    help: "Sent as a bearer token in the Authorization header; never logged or exported.",
  }),
  header: option({
    type: httpHeaders(),
    default: null,
    path: "input.headers",
    aliases: ["-H"],
    secret: true,
    help:
      'Header of every request, as "Name: value" or a JSON object; may be repeated. One that the request has anyway (Accept, Content-Type …) takes the place of it; those that frame a request (Content-Length, Transfer-Encoding, Connection …) are refused.',
  }),
  sessionHeader: option({
    type: headerName(),
    default: "X-Correlation-ID",
    path: "endpoint.session_header",
    help:
      "The header that carries the id of the conversation, the same in all its requests, for routers that keep a conversation on one server.",
  }),
  requestTimeoutSeconds: option({
    type: decimal({ min: 0, above: true }),
    default: 21600,
    path: "endpoint.timeout_seconds",
    unit: "seconds",
    help: "A request that is not answered in full by then counts as failed.",
  }),
  useLegacyMaxTokens: option({
    type: toggle(),
    default: false,
    path: "endpoint.use_legacy_max_tokens",
    help: "Send max_tokens rather than max_completion_tokens, for older servers.",
  }),
  perChunkUsage: option({
    type: toggle(),
    default: false,
    path: "endpoint.per_chunk_usage",
    help:
      "Ask the server for its token counts with every chunk of a stream, so that the tokens of the first chunk are known where it holds several (stream_options.continuous_usage_stats).",
  }),
  tokenCountSource: option({
    type: choice(["auto", "server", "client"]),
    default: "auto",
    path: "endpoint.token_count_source",
    presets: { "--use-server-token-count": "server" },
    help:
      "Whose token counts the metrics use: the server's, the client's own, or the server's wherever it gives them (0 for an answer with content is none). A stream is asked for the server's in any case; a stream_options of null among --extra-inputs prevents that.",
  }),
};
