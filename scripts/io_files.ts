/**
 * The files whose job is I/O: only they may use `Deno.*`, `fetch`, timers, `Date.now`,
 * `Math.random` and `console`, next to `main.ts`, every `service.ts`, `common/runtime/`, `scripts/`
 * and `tests/`. A file that also computes something does not belong here; split it.
 */
const IO_FILES: ReadonlySet<string> = new Set([
  // The sockets.
  "common/comms/unix_transport.ts",
  // The frame that every service.ts stands in: connects, waits, repeats, gives up.
  "common/service/base_service.ts",
  "common/service/bootstrap.ts",
  "common/service/component_service.ts",
  "common/service/peer.ts",
  // Talks to the server under test before the load starts.
  "services/system_controller/preflight.ts",
  "services/system_controller/run_log.ts",
  // The front of a run: folders, signals, streams.
  "services/system_controller/front.ts",
  "services/system_controller/command_line.ts",
  "services/system_controller/artifacts.ts",
  "services/system_controller/raw_parts.ts",
  // Asks the system what the machine did.
  "services/system_controller/read_machine.ts",
  // Starts the process that keeps its CPUs awake.
  "services/system_controller/cpu_wakefulness.ts",
  // Reads the lines of a data set.
  "services/dataset_manager/file/input_file.ts",
  "services/dataset_manager/file/media_files.ts",
  // Brings public data sets to this machine.
  "services/dataset_manager/public/prepare_public.ts",
  "services/dataset_manager/public/read_rows.ts",
  // The Hugging Face hub, its cache, and the files of a tokenizer.
  "common/hub/fetch_file.ts",
  "common/hub/hub_client.ts",
  "common/hub/this_hub.ts",
  "common/tokenizer/chat_template_file.ts",
  "common/tokenizer/open_tokenizer.ts",
  "common/tokenizer/tokenizer_files.ts",
  // The sockets of HTTP.
  "common/http/dial.ts",
  "common/http/fetch_client.ts",
  "services/worker/warm_up_server.ts",
  // The mock server's socket, and its life as a program of its own.
  "services/mock_server/server.ts",
  "services/mock_server/serve_mock.ts",
  "services/mock_server/rehearsal.ts",
  // Writes the summaries.
  "services/post_processor_manager/write_exports.ts",
  "services/post_processor_manager/repeated_runs/write_aggregate.ts",
]);

const IO_PATHS_REGEXP =
  /^(main\.ts$|scripts\/|tests\/|common\/runtime\/|services\/\w+\/service\.ts$)/;

/** Whether the file at `path`, from the repository's root, may use the globals that do I/O. */
export function mayTouchTheWorld(path: string): boolean {
  return IO_PATHS_REGEXP.test(path) || IO_FILES.has(path);
}
