import type { OptionKey, OptionValues } from "./option_table.ts";
import { hasEffectOnly, needs, type Rule } from "./rule.ts";

const PROFILER_DETAILS = [
  "serverProfilerTimeoutSeconds",
  "serverProfilerStartPath",
  "serverProfilerStopPath",
] as const;

/** What must hold between the options about the server itself. */
export const SERVER_RULES: readonly Rule[] = [
  ...(["waitForModelMode", "waitForModelInterval"] as const).map((key) =>
    needs(key, "waitForModelTimeout", (values) => values.waitForModelTimeout > 0)
  ),
  needsServer("waitForModelTimeout"),
  ...(["resetKvCacheTimeoutSeconds", "resetKvCachePath"] as const).map((key) =>
    needs(key, "resetKvCache", (values) => values.resetKvCache)
  ),
  ...PROFILER_DETAILS.map((key) => needs(key, "serverProfiler", (values) => values.serverProfiler)),
];

/** What is there for a server that somebody else has started. */
function needsServer(key: OptionKey): Rule {
  return hasEffectOnly(key, {
    when: (values: OptionValues) => !values.mockServer,
    about: ["mockServer"],
    otherwise: "with --mock-server, which is ready when it has been started",
  });
}
