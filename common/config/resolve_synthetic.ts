import { endpointFacts } from "../model/endpoint_types.ts";
import type { AudioPlan, ImagePlan, RankingPlan, SyntheticPlan } from "../model/synthetic_plan.ts";
import type { OptionValues } from "./option_table.ts";

/** What made-up conversations are like, as the options say. */
export function resolveSynthetic(values: OptionValues): SyntheticPlan {
  const { numPrefixPrompts, prefixPromptLength } = values;
  return {
    lengths: values.seqDist === null ? null : [...values.seqDist],
    corpus: values.promptCorpus,
    prefixes: numPrefixPrompts === 0
      ? null
      : { count: numPrefixPrompts, tokens: prefixPromptLength },
    systemTokens: values.sharedSystemPromptLength,
    contextTokens: values.userContextPromptLength,
    textsPerTurn: values.promptBatchSize,
    images: resolveImages(values),
    audio: resolveAudio(values),
    rankings: resolveRankings(values),
  };
}

function resolveImages(values: OptionValues): ImagePlan | null {
  if (values.imageWidthMean === 0 || values.imageHeightMean === 0) return null;
  return {
    width: { mean: values.imageWidthMean, stddev: values.imageWidthStddev },
    height: { mean: values.imageHeightMean, stddev: values.imageHeightStddev },
    perTurn: values.imageBatchSize,
    format: values.imageFormat,
  };
}

function resolveAudio(values: OptionValues): AudioPlan | null {
  if (values.audioLengthMean === 0) return null;
  return {
    seconds: { mean: values.audioLengthMean, stddev: values.audioLengthStddev },
    perTurn: values.audioBatchSize,
    format: values.audioFormat,
    depths: [...values.audioDepths],
    sampleRatesHz: values.audioSampleRates.map((kilohertz) => Math.round(kilohertz * 1000)),
    channels: values.audioNumChannels,
  };
}

function resolveRankings(values: OptionValues): RankingPlan | null {
  if (endpointFacts(values.endpointType).needs !== "passages") return null;
  return {
    passages: { mean: values.rankingsPassagesMean, stddev: values.rankingsPassagesStddev },
    passageTokens: {
      mean: values.rankingsPassagesPromptTokenMean,
      stddev: values.rankingsPassagesPromptTokenStddev,
    },
    queryTokens: {
      mean: values.rankingsQueryPromptTokenMean,
      stddev: values.rankingsQueryPromptTokenStddev,
    },
  };
}
