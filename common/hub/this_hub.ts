import { type HubConfig, hubConfig } from "./hub_config.ts";

/** The hub as the environment of this process describes it. */
export function thisHub(): HubConfig {
  return hubConfig({
    env: (name) => Deno.env.get(name),
    readFile(path) {
      try {
        return Deno.readTextFileSync(path);
      } catch {
        return null;
      }
    },
  });
}
