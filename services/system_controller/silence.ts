import type { CommandKind } from "../../common/comms/messages.ts";
import { DEEP_WORK_NS, SILENCE_LIMIT_NS, WATCH_MS } from "./limits.ts";

/** A look that comes later than that was held up itself. */
const AWAY_NS = 4 * WATCH_MS * 1e6;

/** A service as the watch sees it. */
export interface Watched {
  readonly id: string;
  /** When it was last heard of. */
  readonly seenNs: number;
  /** The commands that it works on. */
  readonly owed: readonly CommandKind[];
}

/**
 * Tells which services have been silent for too long.
 *
 * When the one who watches was held up, by a stopped process or a sleeping machine, the signs of
 * life of that time have not been read yet: so every silence is counted from then on.
 */
export class SilenceWatch {
  #lookedNs = -Infinity;
  #fromNs = -Infinity;

  /** The services that are taken for hung, each with the length of its silence in nanoseconds. */
  look<W extends Watched>(nowNs: number, services: Iterable<W>): [service: W, silentNs: number][] {
    if (nowNs - this.#lookedNs > AWAY_NS) this.#fromNs = nowNs;
    this.#lookedNs = nowNs;
    return [...services].flatMap((service): [W, number][] => {
      const silentNs = nowNs - Math.max(service.seenNs, this.#fromNs);
      return silentNs >= limitNs(service.owed) ? [[service, silentNs]] : [];
    });
  }
}

/** A service that works on a command may be deep in it, but not for ever. */
function limitNs(owed: readonly CommandKind[]): number {
  return Math.max(SILENCE_LIMIT_NS, ...owed.map((kind) => DEEP_WORK_NS[kind] ?? 0));
}
