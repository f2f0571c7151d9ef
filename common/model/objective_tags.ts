/**
 * The metrics that a service level objective may be about: those that each request has one of.
 *
 * Here, and not only in the metric table, so that a wrong one is told before anything starts.
 */
export const OBJECTIVE_TAGS: readonly string[] = [
  "time_to_first_token",
  "time_to_second_token",
  "time_to_first_output_token",
  "request_latency",
  "decode_duration",
  "inter_token_latency",
  "output_token_throughput_per_user",
  "e2e_output_token_throughput",
  "prefill_throughput_per_user",
  "stream_setup_latency",
  "stream_prefill_latency",
  "credit_drop_latency",
  "send_lateness",
  "output_sequence_length",
  "input_sequence_length",
  "output_token_count",
  "reasoning_token_count",
  "thinking_efficiency",
  "osl_mismatch_diff_pct",
  "usage_prompt_tokens",
  "usage_completion_tokens",
  "usage_total_tokens",
  "usage_reasoning_tokens",
  "usage_prompt_cache_read_tokens",
  "usage_prompt_tokens_diff_pct",
  "usage_completion_tokens_diff_pct",
  "usage_reasoning_tokens_diff_pct",
];
