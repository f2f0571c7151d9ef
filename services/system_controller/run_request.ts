import type { RunConfig, RunSecrets } from "../../common/model/run_config.ts";
import type { SupervisorOptions } from "../../common/service/process_supervisor.ts";
import type { RunView } from "./ui/run_view.ts";

/** What the command line asks of the controller. */
export interface RunRequest {
  readonly config: RunConfig;
  readonly secrets: RunSecrets;
  /** What the built-in mock server is to do; null when a real server is measured. */
  readonly mockServer: Record<string, unknown> | null;
  readonly view: RunView;
  /** Called when all services run and the load begins. */
  readonly onLoad?: () => void;
  /** Starts the processes; they are this same executable unless it is given. */
  readonly spawn?: SupervisorOptions["spawn"];
}
