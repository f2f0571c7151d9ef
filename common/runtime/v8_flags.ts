/**
 * How the JavaScript engine of each process is set up.
 *
 * Messages live for a moment. The engine's part for young objects grows to 48 MiB and more under
 * load, one process after the other, though a few MiB are alive; with halves of at most 4 MiB memory
 * stays where it is from the first seconds on, and processor time is the same. They have that size
 * from the start: what a process builds when it starts lives on, and would be copied over and over.
 */
export const V8_FLAGS = ["--v8-flags=--max-semi-space-size=4,--min-semi-space-size=4"] as const;
