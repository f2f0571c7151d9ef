import { envNameOf, type OptionKey, OPTIONS } from "./option_table.ts";
import { suggestion } from "./suggest.ts";

const PREFIX = "AIPERF_";

const KNOWN = (Object.keys(OPTIONS) as OptionKey[]).map(envNameOf);

/**
 * What to say of the variables of an environment that look as if they were ours and set nothing, one
 * sentence each; one that is empty counts as not set.
 */
export function unknownVariables(environment: Readonly<Record<string, string>>): string[] {
  return Object.keys(environment)
    .filter((name) => name.startsWith(PREFIX) && environment[name] !== "")
    .filter((name) => !KNOWN.includes(name))
    .sort()
    .map((name) => `${name}: is ignored, as it sets no option${suggestion(name, KNOWN)}`);
}
