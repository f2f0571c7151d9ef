import { CONNECTION_RULES } from "./connection_rules.ts";
import { ENDPOINT_RULES } from "./endpoint_rules.ts";
import { FILE_RULES } from "./file_rules.ts";
import { isStronger } from "./layer.ts";
import { LOAD_RULES } from "./load_rules.ts";
import type { OptionKey, OptionValues } from "./option_table.ts";
import { type Problem, quote } from "./problem.ts";
import {
  type Candidate,
  isDeliberate,
  needs,
  problem,
  type Rule,
  type RuleContext,
  uselessWith,
} from "./rule.ts";
import { SERVER_RULES } from "./server_rules.ts";
import { suggestion } from "./suggest.ts";
import { SYNTHETIC_RULES } from "./synthetic_rules.ts";
import { TOKENIZER_RULES } from "./tokenizer_rules.ts";
import { WARMUP_RULES } from "./warmup_rules.ts";

/** What is wrong between options that are fine one by one. */
export function ruleProblems(candidate: Candidate, context: RuleContext): Problem[] {
  const sound = RULES.filter((rule) => !rule.about.some((key) => context.invalid.has(key)));
  return sound.flatMap((rule) => rule.check(candidate, context));
}

const MOCK_DETAILS: readonly OptionKey[] = [
  "mockTtft",
  "mockItl",
  "mockJitter",
  "mockErrorRate",
  "mockErrorStatus",
  "mockDisconnectRate",
  "mockStreamErrorRate",
  "mockUsage",
  "mockOutputTokens",
];

const REPETITION_DETAILS: readonly OptionKey[] = [
  "profileRunCooldownSeconds",
  "confidenceLevel",
  "profileRunDisableWarmupAfterFirst",
  "setConsistentSeed",
];

const TURN_DELAYS: readonly OptionKey[] = [
  "conversationTurnDelayMean",
  "conversationTurnDelayStddev",
  "conversationTurnDelayRatio",
  "interTurnDelayCapSeconds",
];

const RULES: readonly Rule[] = [
  { about: ["runType"], check: checkRunType },
  { about: ["url", "mockServer"], check: checkMockServerUrl },
  ...MOCK_DETAILS.map((key) => needs(key, "mockServer", (values) => values.mockServer)),
  ...FILE_RULES,
  ...SYNTHETIC_RULES,
  { about: ["publicDataset", "inputFile"], check: checkSource },
  needs("hfSubset", "publicDataset", (values) => values.publicDataset !== null),
  ...TURN_DELAYS.map((key) => needs(key, "conversationTurnMean", hasSeveralTurns)),
  ...TURN_DELAYS.map((key) => uselessWith(key, "userCentricRate")),
  needs("oslStddev", "osl", (values) => values.osl !== null),
  ...SERVER_RULES,
  ...TOKENIZER_RULES,
  ...ENDPOINT_RULES,
  ...CONNECTION_RULES,
  ...LOAD_RULES,
  ...WARMUP_RULES,
  ...REPETITION_DETAILS.map((key): Rule => ({
    about: [key, "numProfileRuns"],
    check: (candidate) => checkRepetition(candidate, key),
  })),
  { about: ["numProfileRuns", "setConsistentSeed", "randomSeed"], check: checkSeeds },
  { about: ["model", "modelSelectionStrategy", "modelWeights"], check: checkModels },
  { about: ["apiKey", "header"], check: checkAuthorization },
  { about: ["sessionHeader", "header"], check: checkSessionHeader },
  { about: ["extraInputs", "model"], check: checkExtraInputs },
  { about: ["goodput", "streaming"], check: checkGoodput },
];

function checkSource(candidate: Candidate): Problem[] {
  const { publicDataset, inputFile } = candidate.values;
  if (publicDataset === null || inputFile === null) return [];
  return [problem(candidate, "publicDataset", "cannot be used with --input-file")];
}

function hasSeveralTurns(values: OptionValues): boolean {
  const { inputFile, publicDataset, conversationTurnMean, conversationTurnStddev } = values;
  return inputFile !== null || publicDataset !== null || conversationTurnMean > 1 ||
    conversationTurnStddev > 0;
}

function checkRunType(candidate: Candidate): Problem[] {
  if (candidate.values.runType !== "k8s") return [];
  return [problem(candidate, "runType", "k8s is not there yet; use process")];
}

/** A mock server asked for on the command line wins over a URL in the file, not over a flag. */
function checkMockServerUrl(candidate: Candidate): Problem[] {
  const { values, origins } = candidate;
  const mock = origins.get("mockServer");
  const url = origins.get("url");
  if (!values.mockServer || !mock || !url || isStronger(mock, url)) return [];
  if (!isDeliberate(candidate, "url")) return [];
  return [problem(candidate, "url", `contradicts ${mock.name}, which brings a server of its own`)];
}

function checkRepetition(candidate: Candidate, key: OptionKey): Problem[] {
  if (candidate.values.numProfileRuns > 1 || !isDeliberate(candidate, key)) return [];
  return [problem(candidate, key, "has no effect without --num-profile-runs of at least 2")];
}

function checkSeeds(candidate: Candidate): Problem[] {
  const { numProfileRuns, setConsistentSeed, randomSeed } = candidate.values;
  if (numProfileRuns === 1 || setConsistentSeed || randomSeed === null) return [];
  const seed = candidate.origins.get("randomSeed")!.name;
  const message = `contradicts ${seed}, which gives every run the same seed`;
  return [problem(candidate, "setConsistentSeed", message)];
}

function checkModels(candidate: Candidate): Problem[] {
  const { model, modelSelectionStrategy: strategy, modelWeights: weights } = candidate.values;
  const models = model?.length ?? 1;
  if (weights === null) {
    if (strategy !== "weighted" || models === 1) return [];
    const message = "weighted needs --model-weights, with a weight for each --model";
    return [problem(candidate, "modelSelectionStrategy", message)];
  }
  if (weights.length !== models) {
    const message = `must be one weight for each --model, got ${weights.length} for ${models}`;
    return [problem(candidate, "modelWeights", message)];
  }
  if (strategy === "weighted" || !isDeliberate(candidate, "modelWeights")) return [];
  const message = "has no effect without --model-selection-strategy weighted";
  return [problem(candidate, "modelWeights", message)];
}

function checkAuthorization(candidate: Candidate): Problem[] {
  const { apiKey, header } = candidate.values;
  const names = Object.keys(header ?? {}).map((name) => name.toLowerCase());
  if (apiKey === null || !names.includes("authorization")) return [];
  const message = `sets Authorization, and so does ${candidate.origins.get("apiKey")!.name}`;
  return [problem(candidate, "header", message)];
}

/** A session header of the user's own wins over ours, but not over one that is asked for by name. */
function checkSessionHeader(candidate: Candidate): Problem[] {
  const { sessionHeader, header } = candidate.values;
  if (!isDeliberate(candidate, "sessionHeader")) return [];
  const isSet = Object.keys(header ?? {}).some((name) =>
    name.toLowerCase() === sessionHeader.toLowerCase()
  );
  if (!isSet) return [];
  const other = candidate.origins.get("sessionHeader")!.name;
  return [problem(candidate, "header", `sets ${sessionHeader}, and so does ${other}`)];
}

/** The reader of the answer follows `--streaming`, so the body must not say otherwise. */
function checkExtraInputs(candidate: Candidate): Problem[] {
  const { extraInputs, model } = candidate.values;
  const sets = (name: string) => Object.hasOwn(extraInputs ?? {}, name);
  const complain = (message: string) => [problem(candidate, "extraInputs", message)];
  return [
    ...sets("stream") ? complain('must not set "stream"; use --streaming') : [],
    ...sets("model") && model !== null && model.length > 1
      ? complain('must not set "model" beside several of --model')
      : [],
  ];
}

/** What other tools call the metrics that objectives are set for. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  ttft: "time_to_first_token",
  tpot: "inter_token_latency",
  itl: "inter_token_latency",
  e2el: "request_latency",
  e2e: "request_latency",
};

function metricHint(tag: string, known: readonly string[]): string {
  const other = OTHER_NAMES[tag.toLowerCase()];
  if (other !== undefined) return `; use ${other}`;
  const examples = "; some are time_to_first_token, inter_token_latency and request_latency";
  return suggestion(tag, known) || examples;
}

function checkGoodput(candidate: Candidate, { goodputTags }: RuleContext): Problem[] {
  const { goodput, streaming } = candidate.values;
  if (goodput === null || goodputTags === null) return [];
  const known = goodputTags.map((metric) => metric.tag);
  return goodput.flatMap(({ tag }) => {
    const metric = goodputTags.find((other) => other.tag === tag);
    if (metric && (streaming || !metric.streamingOnly)) return [];
    const message = metric
      ? `${tag} is measured only with --streaming`
      : `${quote(tag)} is no metric of single requests${metricHint(tag, known)}`;
    return [problem(candidate, "goodput", message)];
  });
}
