import * as z from "zod/mini";
import { NUMBER, STRING } from "./primitives.ts";

/** Wire schema of what is asked of the servers around the profiling phase. */
export const serverCallsSchema = z.object({
  /** Base URLs without a `/v1`, as these calls are no part of an API. */
  urls: z.array(STRING),
  /** Before the phase; null: not asked. */
  resetCache: z.nullable(z.object({ path: STRING, timeoutMs: NUMBER })),
  /** Started before the phase and stopped after it; null: not asked. */
  profiler: z.nullable(
    z.object({ startPath: STRING, stopPath: STRING, timeoutMs: NUMBER }),
  ),
});

/** What is asked of the servers before the profiling phase and after it. */
export type ServerCallsPlan = z.infer<typeof serverCallsSchema>;
