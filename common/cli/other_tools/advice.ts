import { entryOf } from "./other_flags.ts";
import { PEERS } from "./peer_flags.ts";
import { PEER_COMMANDS, REFERENCE_COMMANDS } from "./other_commands.ts";
import { REFERENCE_FLAGS } from "./reference_flags.ts";

const ALL_FLAGS = [...REFERENCE_FLAGS, ...PEERS.flatMap(({ flags }) => flags)];

/** What to do in place of a flag that another tool has; null where none is known to have it. */
export function flagAdvice(flag: string): string | null {
  return entryOf(flag, ALL_FLAGS)?.advice ?? null;
}

/** What to do in place of a command that another tool has; null where none is known to have it. */
export function commandAdvice(name: string): string | null {
  return [...REFERENCE_COMMANDS, ...PEER_COMMANDS].find(({ names }) => names.includes(name))
    ?.advice ?? null;
}
