/** One option of the load that `deno task bench` uses, and the options that replace it. */
interface DefaultOption {
  args: readonly string[];
  /** The names that, when the user gives one of them, mean something else in this one's place. */
  replacedBy: readonly string[];
}

const CONCURRENCY = 8;

const DEFAULT_LOAD: readonly DefaultOption[] = [
  { args: ["--mock-server"], replacedBy: [] },
  { args: ["--streaming"], replacedBy: ["--streaming", "--no-streaming"] },
  { args: ["--concurrency", String(CONCURRENCY)], replacedBy: ["--concurrency", "--request-rate"] },
  {
    args: ["--request-count", "160"],
    replacedBy: ["--request-count", "--num-requests", "--benchmark-duration"],
  },
  { args: ["--isl", "550"], replacedBy: ["--isl", "--synthetic-input-tokens-mean"] },
  { args: ["--osl", "50"], replacedBy: ["--osl", "--output-tokens-mean"] },
  { args: ["--mock-ttft", "50"], replacedBy: ["--mock-ttft"] },
  { args: ["--mock-itl", "5"], replacedBy: ["--mock-itl"] },
  { args: ["--mock-jitter", "0.1"], replacedBy: ["--mock-jitter"] },
];

/** Options that say what to run, so that none of the defaults is wanted. */
const OWN_RUN = [
  "--url",
  "-u",
  "--config",
  "-f",
  "--mock-server",
  "--help",
  "-h",
  "--version",
  "-V",
];

/**
 * The arguments of aiperf for `deno task bench <args>`: a sensible load on the built-in mock server;
 * options without a target change that load; with a target, or a command, they are passed on as
 * they are.
 */
export function benchArguments(args: readonly string[]): string[] {
  const [first] = args;
  if (first !== undefined && !first.startsWith("-")) return [...args];
  const given = new Set(args.filter((arg) => arg.startsWith("-")).map(optionName));
  if (OWN_RUN.some((name) => given.has(name))) return ["profile", ...args];
  const defaults = DEFAULT_LOAD
    .filter(({ replacedBy }) => !replacedBy.some((name) => given.has(name)))
    .flatMap((option) => option.args);
  return ["profile", ...withRoom(defaults, requestsOf(args)), ...args];
}

/** How many requests the user wants; Infinity where the arguments do not say. */
function requestsOf(args: readonly string[]): number {
  const at = args.findIndex((arg) => REQUESTS.includes(optionName(arg)));
  if (at < 0) return Infinity;
  const count = Number(args[at]!.split("=")[1] ?? args[at + 1]);
  return Number.isInteger(count) && count > 0 ? count : Infinity;
}

const REQUESTS = ["--request-count", "--num-requests"];

/** The default concurrency is no higher than the requests, which a run would be refused for. */
function withRoom(defaults: readonly string[], requests: number): string[] {
  const lowered = String(Math.min(CONCURRENCY, requests));
  return defaults.map((word, i) => defaults[i - 1] === "--concurrency" ? lowered : word);
}

/** `--name=value` is an option, too. */
function optionName(arg: string): string {
  return arg.split("=", 1)[0]!;
}
