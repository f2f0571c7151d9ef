import { LOG_LEVELS, type LogLevel } from "../../runtime/log.ts";
import { EXPORT_PREFIX } from "../../model/artifact_files.ts";
import { option } from "../option.ts";
import { filePrefix } from "../structured_types.ts";
import { choice, decimal, integer, text, toggle } from "../value_type.ts";

/** Where results go. */
export const OUTPUT_OPTIONS = {
  artifactDir: option({
    type: text("DIR"),
    default: null,
    defaultNote: "artifacts/<model>-openai-<endpoint type>-<load>/<UTC time>",
    path: "output.artifact_directory",
    aliases: ["--output-artifact-dir"],
    help: "Folder for the results.",
  }),
  overwrite: option({
    type: toggle(),
    default: false,
    path: "output.overwrite",
    help: "Replace the results of another run in that folder, which is refused otherwise.",
  }),
  profileExportPrefix: option({
    type: filePrefix(),
    default: EXPORT_PREFIX,
    path: "output.profile_export_prefix",
    aliases: ["--profile-export-file"],
    help:
      "What the names of the exports begin with, as in profile_export_aiperf.json; an ending such as .json is left out.",
  }),
  exportLevel: option({
    type: choice(["summary", "records", "raw"]),
    default: "records",
    path: "output.export_level",
    aliases: ["--profile-export-level"],
    help:
      "What to write with the summary: nothing, the metrics of every request (profile_export.jsonl), or also every request and answer as they went over the wire (profile_export_raw.jsonl, with no line for what was never sent), which takes the workers' time and disk space: for a few thousand requests, to look into a server.",
  }),
  journalSync: option({
    type: choice(["never", "interval", "always"]),
    default: "interval",
    path: "output.journal_sync",
    help: "When the journal (records.jsonl) has to be on the disk itself, as a power cut would " +
      "ask: when the system likes, once a second, or before each record is acknowledged. A " +
      "crash of the program loses nothing in any case.",
  }),
};

/** How the tool itself runs. */
export const SERVICE_OPTIONS = {
  config: option({
    type: text("FILE"),
    default: null,
    path: null,
    aliases: ["-f"],
    commands: ["profile", "mock-server"],
    help: "YAML file with options; the command line and the environment win over it.",
  }),
  workersMax: option({
    type: integer({ min: 1 }),
    default: null,
    defaultNote: "one for each two CPUs, at most 32",
    path: "service.workers.max",
    aliases: ["--max-workers"],
    help: "Most processes that send requests; never more than the concurrency.",
  }),
  keepCpusAwake: option({
    type: toggle(),
    default: false,
    path: "service.keep_cpus_awake",
    help: "Keep idle CPUs of this machine from sleeping while the run goes on (Linux, as root). " +
      "Waking up takes them from a tenth of a millisecond to several, most in virtual machines, " +
      "and that is in every time measured. It costs power, and a server on the same machine may " +
      "get faster or slower by it.",
  }),
  runType: option({
    type: choice(["process", "k8s"]),
    default: "process",
    path: "service.run_type",
    help: "Where the services run: as processes on this machine; k8s is not there yet.",
  }),
  runtimeDir: option({
    type: text("DIR"),
    default: null,
    defaultNote: "$XDG_RUNTIME_DIR, else the temporary folder",
    path: "service.runtime_dir",
    help: "Folder for the sockets of the run; keep its path short.",
  }),
  ui: option({
    type: choice(["simple", "none"]),
    default: null,
    defaultNote: "simple on a terminal, else none",
    path: "service.ui_type",
    aliases: ["--ui-type"],
    help: "Show progress in place, or as plain lines.",
  }),
  statsInterval: option({
    type: decimal({ min: 0, above: true }),
    default: 10,
    path: "service.stats_interval",
    unit: "seconds",
    help: "How often to say how far the run is, where it is not shown in place.",
  }),
  logLevel: option({
    type: choice(Object.keys(LOG_LEVELS) as LogLevel[]),
    default: "INFO",
    path: "service.log_level",
    presets: { "-v": "DEBUG", "-vv": "TRACE" },
    help:
      "Least severe messages to log; those below INFO are shown on the terminal, too. DEBUG tells of failed requests (at most 10 a second), TRACE of every request, which takes processor time.",
  }),
};
