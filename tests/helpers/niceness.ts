/** How nice the main thread of a process is; needs `/proc`. */
export async function nicenessOf(pid: number | "self"): Promise<number> {
  // proc(5), `stat`: the 19th field, counted with the name in brackets, which may hold anything.
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[16]);
}

/** Whether niceness can be told here, and the tests do not run under `nice` themselves. */
export async function hasUsualNiceness(): Promise<boolean> {
  return Deno.build.os === "linux" && await nicenessOf("self") === 0;
}
