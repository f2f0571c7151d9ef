/** `deno task bench`: runs aiperf from source with the arguments that `benchArguments` chooses. */

import { PERMISSION_FLAGS } from "../common/runtime/permissions.ts";
import { benchArguments } from "./bench_arguments.ts";

const main = new URL("../main.ts", import.meta.url).pathname;
const child = new Deno.Command(Deno.execPath(), {
  args: ["run", ...PERMISSION_FLAGS, main, ...benchArguments(Deno.args)],
}).spawn();

// A terminal's Ctrl-C reaches the child by itself; a signal sent to this process alone does not.
Deno.addSignalListener("SIGINT", () => {});
Deno.addSignalListener("SIGTERM", () => child.kill("SIGTERM"));

const { code, signal } = await child.status;
Deno.exit(signal === null ? code : 1);
