import type { ConnectionsReport } from "../../../common/model/instrument.ts";
import { delayStats } from "./delay_stats.ts";
import type { TalliedConnections } from "./load_tally.ts";

/** What is known of the connections; null where no request has told of its own. */
export function connectionsReport(tallied: TalliedConnections): ConnectionsReport | null {
  const { openedInNs, reused, reconnects, mostOpen, unconnected } = tallied;
  const opened = openedInNs.length;
  if (opened + reused === 0) return null;
  return {
    opened,
    reused,
    reconnects,
    mostOpen: mostOpen === 0 ? null : mostOpen,
    failed: unconnected,
    opening: opened === 0 ? null : delayStats(openedInNs),
  };
}
