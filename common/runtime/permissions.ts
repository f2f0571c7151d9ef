/**
 * The Deno permissions of aiperf, the fewest that work; every process of a run gets the same ones.
 *
 * - net: HTTP to the server under test and the hub, and the Unix sockets between services;
 * - read, write: the run directory, the artifacts, configuration and data-set files, the user's
 *   cache folder;
 * - run: the services, which are this same executable (a path would not match through a symbolic
 *   link, and a bare `Deno.kill` needs it too), and a shell that has a service stand back;
 * - env: `AIPERF_*`, `XDG_RUNTIME_DIR`, `XDG_CACHE_HOME`, `HF_*`, proxies.
 *
 * Not asked for: `sys`, `ffi`, `import` and files under `/proc`, which need `--allow-all`.
 * A permission that is missing is an error, never a question in the middle of a benchmark.
 */
export const PERMISSION_FLAGS: readonly string[] = [
  "--no-prompt",
  "--allow-net",
  "--allow-read",
  "--allow-write",
  "--allow-run",
  "--allow-env",
];
