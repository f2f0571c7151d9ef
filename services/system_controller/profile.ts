import { modelsUrl, runConfig, type RunPlan } from "../../common/config/resolve.ts";
import { LOG_LEVELS, type LogLevel } from "../../common/runtime/log.ts";
import { ArtifactDirError, prepareArtifactDir } from "./artifacts.ts";
import { launch } from "./launch.ts";
import { EXIT } from "./outcome.ts";
import { discoverModel, NoModelError, UnreachableError } from "./preflight.ts";

/** Says something to the person at the terminal, on stderr. */
export type Say = (line: string) => void;

/**
 * The `profile` command: finds out what is still open, then makes the run; returns the exit code.
 *
 * `startUnixMs`: when the program was started, the zero of the run's times.
 */
export async function profile(plan: RunPlan, startUnixMs: number, say: Say): Promise<number> {
  try {
    const model = plan.model ?? await discoverModel(modelsUrl(plan.baseUrl), plan.secrets);
    const config = runConfig(plan, {
      benchmarkId: crypto.randomUUID(),
      epochUnixMs: Math.floor(startUnixMs),
      model,
    });
    prepareArtifactDir(config.artifactDir, plan.overwrite);
    return await launch({
      config,
      secrets: plan.secrets,
      mockServer: plan.mockServer && { ...plan.mockServer },
      runtimeDir: plan.runtimeDir,
      ui: plan.ui,
      showFrom: shownFrom(plan.logLevel),
    });
  } catch (error) {
    const code = exitCodeFor(error);
    if (code === null) throw error;
    say(`aiperf: ${(error as Error).message}`);
    return code;
  }
}

function exitCodeFor(error: unknown): number | null {
  if (error instanceof NoModelError || error instanceof ArtifactDirError) return EXIT.badInput;
  if (error instanceof UnreachableError) return EXIT.failed;
  return null;
}

/** Who asks for more than the usual wants to see it; the log file has it all in any case. */
function shownFrom(level: LogLevel): LogLevel {
  return LOG_LEVELS[level] < LOG_LEVELS.INFO ? level : "CRITICAL";
}
