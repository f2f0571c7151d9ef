import type { RequestRecord, Usage } from "../../../../common/model/record.ts";
import { testTranscripts, type Transcript } from "./transcripts.ts";

/** Prompt, answer, total, of these reasoning and cached; null where the server does not say. */
type Counts = readonly [
  prompt: number | null,
  completion: number | null,
  total?: number | null,
  reasoning?: number | null,
  cached?: number | null,
];

interface Said {
  readonly output: string;
  readonly reasoning?: string;
  readonly counts: Counts | null;
}

function usageOf(counts: Counts): Usage {
  const [promptTokens, completionTokens, totalTokens = null] = counts;
  const [, , , reasoningTokens = null, cachedPromptTokens = null] = counts;
  return { promptTokens, completionTokens, totalTokens, reasoningTokens, cachedPromptTokens };
}

/** A stream whose events with these numbers bring content, the first output as the n-th of them. */
function streamed(
  file: string,
  contentEvents: readonly number[],
  { output, reasoning = "", counts }: Said,
  firstOutputChunk = 0,
): Transcript {
  return {
    file,
    contentEvents,
    plan: { streaming: true },
    record: {
      outcome: "success",
      error: null,
      streaming: true,
      // Played in one read, or all at one time.
      chunksAfterNs: contentEvents.map(() => 30),
      firstOutputChunk,
      text: { output, reasoning },
      usage: counts && usageOf(counts),
    },
  };
}

function whole(file: string, { output, reasoning = "", counts }: Said): Transcript {
  return {
    file,
    record: {
      outcome: "success",
      error: null,
      streaming: false,
      chunksAfterNs: [30],
      text: { output, reasoning },
      usage: counts && usageOf(counts),
    },
  };
}

function refused(file: string, status: number, statusText: string, message: string): Transcript {
  const error = { code: status, type: statusText, message };
  return { file, status, statusText, record: { outcome: "error", error, httpStatus: status } };
}

/** A stream that breaks off with an error after some content. */
function broken(file: string, chunks: number, error: RequestRecord["error"]): Transcript {
  const chunksAfterNs = Array<number>(chunks).fill(30);
  return {
    file,
    plan: { streaming: true },
    record: { outcome: "error", error, chunksAfterNs, httpStatus: 200 },
  };
}

testTranscripts("chat", [
  streamed("vllm_chat.txt", [2, 3, 4, 5], {
    output: "AI is 人工智能.",
    reasoning: "The user asks.",
    counts: [12, 9, 21],
  }, 2),
  streamed("vllm_chat_tools.txt", [2, 3, 4], {
    output: 'get_weather{"city": "Paris"}',
    counts: [180, 19, 199],
  }),
  whole("vllm_chat_whole.json", { output: "Hello!", counts: [9, 3, 12] }),
  refused("vllm_no_model.json", 404, "Not Found", "The model `nope` does not exist."),
  refused(
    "vllm_too_long.json",
    400,
    "Bad Request",
    "This model's maximum context length is 2048 tokens. However, you requested 4096 tokens.",
  ),
  broken("vllm_stream_error.txt", 1, {
    code: 500,
    type: "InternalServerError",
    message: "EngineCore encountered an issue. See stack trace (above) for the root cause.",
  }),
  streamed("sglang_chat.txt", [2, 3, 4], {
    output: "42",
    reasoning: "Let me see.",
    counts: [20, 6, 26, 4, 16],
  }, 2),
  whole("sglang_chat_whole.json", {
    output: "Ok.",
    reasoning: "Hm.",
    counts: [96, 5, 101, 2, 64],
  }),
  refused(
    "sglang_bad_request.json",
    400,
    "Bad Request",
    "The input (9000 tokens) is longer than the model's context length (8192 tokens).",
  ),
  broken("sglang_stream_error.txt", 0, {
    code: 503,
    type: "SERVICE_UNAVAILABLE",
    message: "The request queue is full.",
  }),
  streamed("trtllm_chat.txt", [2, 3, 4], { output: "New York is a city", counts: [43, 5, 48] }),
  whole("trtllm_chat_whole.json", { output: "New York is a city", counts: [43, 5, 48] }),
  refused(
    "trtllm_bad_request.json",
    400,
    "Bad Request",
    "max_tokens must be at least 1, got 0.",
  ),
  streamed("tgi_chat.txt", [1, 2], { output: "Deep learning", counts: [17, 2, 19] }),
  whole("tgi_chat_whole.json", { output: "Deep learning", counts: [17, 2, 19] }),
  refused(
    "tgi_chat_validation.json",
    422,
    "Unprocessable Entity",
    "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4096. " +
      "Given: 17 `inputs` tokens and 5000 `max_new_tokens`",
  ),
  broken("tgi_chat_stream_error.txt", 1, {
    code: 502,
    type: "generation",
    message: "Request failed during generation: Server error: CUDA out of memory",
  }),
  streamed("llamacpp_chat.txt", [2, 3, 4], {
    output: "Yes!",
    reasoning: "Hm",
    counts: [14, 4, 18],
  }, 1),
  streamed("llamacpp_chat_old.txt", [2], { output: "?", counts: [14, 1, 15] }),
  whole("llamacpp_chat_whole.json", { output: "Yes!", counts: [14, 3, 17] }),
  refused("llamacpp_loading.json", 503, "Service Unavailable", "Loading model"),
  refused(
    "llamacpp_too_long.json",
    400,
    "Bad Request",
    "the request exceeds the available context size, try increasing it",
  ),
  streamed("ollama_openai_chat.txt", [1, 2, 3], {
    output: "Hello!",
    reasoning: "Hm",
    counts: [26, 4, 30],
  }, 1),
  refused(
    "ollama_openai_no_model.json",
    404,
    "Not Found",
    'model "nope" not found, try pulling it first',
  ),
  streamed("openai_chat.txt", [2, 3], { output: "Hello there", counts: [8, 2, 10, 0, 4] }),
  streamed("openai_chat_two_choices.txt", [2, 4, 5, 6], {
    output: "Heads.Tails!",
    counts: [8, 4, 12],
  }),
  whole("openai_chat_whole.json", { output: "Hello!", counts: [8, 2, 10, 0, 0] }),
  refused(
    "openai_bad_key.json",
    401,
    "Unauthorized",
    "Incorrect API key provided. You can find your API key at " +
      "https://platform.openai.com/account/api-keys.",
  ),
  refused(
    "openai_rate_limit.json",
    429,
    "Too Many Requests",
    "Rate limit reached for gpt-4o-mini on tokens per min (TPM): Limit 200000, Used 199000, " +
      "Requested 2000.",
  ),
]);

testTranscripts("completions", [
  streamed("vllm_completion.txt", [1, 2, 3], { output: " San Francisco is", counts: [4, 3, 7] }),
  whole("vllm_completion_whole.json", { output: " one two", counts: [4, 4, 8] }),
  refused("vllm_no_model.json", 404, "Not Found", "The model `nope` does not exist."),
]);

testTranscripts("responses", [
  streamed("openai_responses.txt", [5, 10, 11], {
    output: "Hi there!",
    reasoning: "Greeting",
    counts: [37, 11, 48, 6, 32],
  }, 1),
  streamed("openai_responses_tool.txt", [2, 3, 4], {
    output: 'get_weather{"city":"Paris"}',
    counts: [37, 11, 48, 0, 32],
  }),
  whole("openai_responses_whole.json", {
    output: "Hi",
    reasoning: "Hm",
    counts: [37, 11, 48, 6, 32],
  }),
  broken("openai_responses_failed.txt", 1, {
    code: 502,
    type: "server_error",
    message: "The model failed to generate a response.",
  }),
  refused(
    "openai_bad_key.json",
    401,
    "Unauthorized",
    "Incorrect API key provided. You can find your API key at " +
      "https://platform.openai.com/account/api-keys.",
  ),
]);

testTranscripts("messages", [
  streamed("anthropic_messages.txt", [4, 8, 9], {
    output: "Hello!",
    reasoning: "First",
    counts: [35, 15, null, null, 10],
  }, 1),
  streamed("anthropic_messages_tool.txt", [2, 4, 5], {
    output: 'get_weather{"location": "Paris"}',
    counts: [472, 89],
  }),
  whole("anthropic_messages_whole.json", {
    output: "Hello!",
    reasoning: "First",
    counts: [15, 6, null, null, 0],
  }),
  broken("anthropic_overloaded.txt", 1, {
    code: 502,
    type: "overloaded_error",
    message: "Overloaded",
  }),
  refused("anthropic_no_model.json", 404, "Not Found", "model: nope"),
]);
