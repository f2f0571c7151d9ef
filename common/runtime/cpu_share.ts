/**
 * How nice a process is that stands back: beside one of the usual priority that wants the same CPU
 * it gets a tenth of the time, and one that wakes up need not wait for it as long.
 */
const NICENESS = 10;
const USUAL = 0;

/**
 * Linux may put each session into a scheduling group of its own, an autogroup, unless a CPU cgroup has
 * it: then only the group's niceness counts beside other sessions, else only that of each thread. Who is
 * not root may set a group's niceness ten times a second, all users together: else it takes another try.
 *
 * It is told whose process it is for: by the time it looks, its parent may be another one.
 */
const RENICE = `
renice "$1" -g "$2"
group=/proc/self/autogroup
[ -w "$group" ] && IFS= read -r stat <"/proc/$2/stat" || exit 0
niceness=$1
leader=$2
set -- \${stat##*) }
[ "$4" = "$leader" ] || exit 0
for try in 1 2 3 4 5 6 7 8 9 10; do
  echo "$niceness" >"$group" && exit
  sleep 0.1
done`;

/**
 * Lets the other processes of this machine have the CPUs first, from soon on; where that cannot be
 * had, as without a shell, everything stays as it is.
 *
 * For a process that is the first of its session, as every service is: the session stands back. One
 * that is not must not take what else the user does there along.
 *
 * `shell`: what runs the script, since the runtime keeps files under `/proc` from its programs.
 */
export async function standBack(shell = "/bin/sh"): Promise<void> {
  await renice(NICENESS, shell);
}

/**
 * Lets this process have its usual share of the CPUs again, after `standBack()`.
 *
 * Who is not root may do so for a session's group only. That is what counts where Linux schedules by
 * these groups; elsewhere, as in a container with a CPU cgroup of its own or on macOS, it stays behind.
 */
export async function comeForward(shell = "/bin/sh"): Promise<void> {
  await renice(USUAL, shell);
}

/** Standing back and coming forward: each is done once, and who has come forward stands back no more. */
export function cpuShare(does = { standBack, comeForward }) {
  let stoodBack: Promise<void> | null = null;
  let cameForward: Promise<void> | null = null;
  return {
    standBack: (): Promise<void> => cameForward ?? (stoodBack ??= does.standBack()),
    comeForward: (): Promise<void> =>
      cameForward ??= Promise.resolve(stoodBack).then(() => does.comeForward()),
  };
}

async function renice(niceness: number, shell: string): Promise<void> {
  const path = Deno.env.get("PATH");
  try {
    await new Deno.Command(shell, {
      args: ["-c", RENICE, "sh", String(niceness), String(Deno.pid)],
      // What it starts has no business with the run's token.
      clearEnv: true,
      env: path === undefined ? {} : { PATH: path },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).output();
  } catch {
    // See above.
  }
}
