import type { Sandbox } from "./run_aiperf.ts";

/** A small disk can be had only where the tests run as root on Linux. */
export const CAN_MOUNT = Deno.build.os === "linux" && Deno.uid() === 0;

/**
 * Gives a test a disk of its own below its sandbox, with these options of a tmpfs.
 *
 * In a container without the right to mount there is nothing to test, and `use` is not called.
 */
export async function withDisk(
  sandbox: Sandbox,
  options: string,
  use: (path: string) => Promise<void>,
): Promise<void> {
  const disk = `${sandbox.path}/disk`;
  await Deno.mkdir(disk);
  if (!await succeeds("mount", "-t", "tmpfs", "-o", options, "tmpfs", disk)) return;
  try {
    await use(disk);
  } finally {
    await succeeds("umount", disk);
  }
}

/** Whether a command went well; one that is not there did not. */
async function succeeds(command: string, ...args: string[]): Promise<boolean> {
  try {
    const { success } = await new Deno.Command(command, { args, stderr: "null" }).output();
    return success;
  } catch {
    return false;
  }
}
