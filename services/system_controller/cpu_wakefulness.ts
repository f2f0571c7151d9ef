import { BadInputError } from "../../common/service/bad_input_error.ts";

/** Who writes a number of µs here and keeps it open has every CPU awake again within that time. */
const LATENCY_FILE = "/dev/cpu_dma_latency";

/**
 * Holds the file open for as long as its own input is: so the CPUs may sleep again also when we are
 * killed. A process of its own, since the runtime keeps device files from its programs.
 */
const HOLDER = `
[ -e "$1" ] || { echo "no such file" >&2; exit 1; }
exec 3>"$1" && printf '\\0\\0\\0\\0' >&3 && echo held && exec cat >/dev/null`;

const HINT = "it takes Linux and the rights of root; leave --keep-cpus-awake out to do without";

/** Lets the CPUs sleep again; resolves when they may. */
export type LetSleep = () => Promise<void>;

/**
 * Keeps the idle CPUs of this machine from going to sleep, by the kernel's PM QoS interface.
 *
 * Throws a BadInputError where the machine does not let us.
 */
export async function keepCpusAwake(file = LATENCY_FILE, shell = "/bin/sh"): Promise<LetSleep> {
  const holder = startHolder(file, shell);
  const complaint = new Response(holder.stderr).text();
  const stdout = holder.stdout.getReader();
  const { done: hasFailed } = await stdout.read();
  await stdout.cancel();
  if (hasFailed) {
    await holder.stdin.close();
    await holder.status;
    throw refusal(file, (await complaint).trim().split(": ").at(-1)!);
  }
  return async () => {
    await holder.stdin.close();
    await complaint;
    await holder.status;
  };
}

function startHolder(file: string, shell: string) {
  try {
    return new Deno.Command(shell, {
      args: ["-c", HOLDER, "sh", file],
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
      // A Ctrl-C at the terminal is for us: the run may go on for a while.
      detached: true,
    }).spawn();
  } catch {
    // As in a container that holds nothing but the program.
    throw refusal(file, `there is no ${shell} here`);
  }
}

function refusal(file: string, reason: string): BadInputError {
  return new BadInputError(`--keep-cpus-awake: cannot write ${file}: ${reason}; ${HINT}`);
}
