import { entryOf } from "./other_flags.ts";
import { PEERS } from "./peer_flags.ts";
import { REFERENCE_COMMANDS } from "./reference_commands.ts";
import { REFERENCE_FLAGS } from "./reference_flags.ts";

const ALL_FLAGS = [...REFERENCE_FLAGS, ...PEERS.flatMap(({ flags }) => flags)];

/** What to do in place of a flag that another tool has; null where none is known to have it. */
export function flagAdvice(flag: string): string | null {
  return entryOf(flag, ALL_FLAGS)?.advice ?? null;
}

/** What to do in place of a command of the reference tool; null where it has none of that name. */
export function commandAdvice(name: string): string | null {
  return REFERENCE_COMMANDS.find(({ names }) => names.includes(name))?.advice ?? null;
}
