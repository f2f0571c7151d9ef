import { PERMISSION_FLAGS } from "../../common/runtime/permissions.ts";

const MAIN = new URL("../../main.ts", import.meta.url).pathname;

/** Starts the program as its users do; what it says can be read. `main`: its main module. */
export function startAiperf(args: readonly string[], main = MAIN): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", ...PERMISSION_FLAGS, main, ...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}
