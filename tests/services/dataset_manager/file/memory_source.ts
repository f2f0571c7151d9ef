import type { InputSource } from "../../../../services/dataset_manager/file/input_file.ts";

/** What a file holds, read a few bytes at a time. */
export interface MemorySource extends InputSource {
  isClosed: boolean;
}

/** A file in memory; each read gives `readBytes` at most. */
export function memorySource(
  content: string | Uint8Array,
  { readBytes = 1_000, name = "in.jsonl" } = {},
): MemorySource {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  let at = 0;
  return {
    isClosed: false,
    name,
    size: bytes.length,
    read(buffer) {
      if (at === bytes.length) {
        // Then it begins again, as an opened file does.
        at = 0;
        return Promise.resolve(null);
      }
      const part = bytes.subarray(at, at + Math.min(buffer.length, readBytes));
      buffer.set(part);
      at += part.length;
      return Promise.resolve(part.length);
    },
    readAt: ({ offset, length }) => bytes.subarray(offset, offset + length),
    close() {
      this.isClosed = true;
    },
  };
}
