import { ENDPOINT_TYPE_NAMES, endpointFacts, type MediaKind } from "../model/endpoint_types.ts";
import { flagOf, type OptionKey, type OptionValues } from "./option_table.ts";
import type { Problem } from "./problem.ts";
import {
  type Candidate,
  hasEffectOnly,
  isDeliberate,
  nameOf,
  problem,
  type Rule,
  uselessWith,
} from "./rule.ts";

/** What says how long and how many made-up texts are. */
const TEXT_DETAILS: readonly OptionKey[] = [
  "isl",
  "islStddev",
  "seqDist",
  "promptBatchSize",
  "numPrefixPrompts",
  "prefixPromptLength",
  "sharedSystemPromptLength",
  "userContextPromptLength",
];

const TURN_DETAILS: readonly OptionKey[] = [
  "conversationTurnMean",
  "conversationTurnStddev",
  "conversationTurnDelayMean",
  "conversationTurnDelayStddev",
];

const RANKING_DETAILS: readonly OptionKey[] = [
  "rankingsPassagesMean",
  "rankingsPassagesStddev",
  "rankingsPassagesPromptTokenMean",
  "rankingsPassagesPromptTokenStddev",
  "rankingsQueryPromptTokenMean",
  "rankingsQueryPromptTokenStddev",
];

const IMAGE_DETAILS: readonly OptionKey[] = [
  "imageWidthStddev",
  "imageHeightStddev",
  "imageBatchSize",
  "imageFormat",
];

const AUDIO_DETAILS: readonly OptionKey[] = [
  "audioLengthStddev",
  "audioBatchSize",
  "audioFormat",
  "audioDepths",
  "audioSampleRates",
  "audioNumChannels",
];

/** What only made-up conversations depend on. */
const SYNTHETIC_DETAILS: readonly OptionKey[] = [
  ...TEXT_DETAILS,
  "promptCorpus",
  ...TURN_DETAILS,
  ...RANKING_DETAILS,
  "imageWidthMean",
  "imageHeightMean",
  ...IMAGE_DETAILS,
  "audioLengthMean",
  ...AUDIO_DETAILS,
];

/** The sample rates that mp3 has, in kHz. */
const MP3_RATES = [8, 11.025, 12, 16, 22.05, 24, 32, 44.1, 48];

/** What must hold between the options of made-up conversations and others. */
export const SYNTHETIC_RULES: readonly Rule[] = [
  ...SYNTHETIC_DETAILS.map((key) => uselessWith(key, "inputFile")),
  ...SYNTHETIC_DETAILS.map((key) => uselessWith(key, "publicDataset")),
  ...(["isl", "islStddev", "osl", "oslStddev"] as const).map(contradictsSeqDist),
  { about: ["numPrefixPrompts", "prefixPromptLength"], check: checkPrefixes },
  ...RANKING_DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: isRanking,
      about: ["endpointType"],
      otherwise: `unless --endpoint-type is one of ${rankingTypes().join(", ")}`,
    })
  ),
  ...TEXT_DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: (values) => !isMadeUp(values) || !isRanking(values),
      about: ["endpointType", "inputFile", "publicDataset"],
      otherwise:
        "on a ranking: use --rankings-query-prompt-token-mean, --rankings-passages-mean and " +
        "--rankings-passages-prompt-token-mean",
    })
  ),
  ...(["sharedSystemPromptLength", "userContextPromptLength"] as const).map((key) =>
    hasEffectOnly(key, {
      when: (values) => isRanking(values) || !isOneTurn(values),
      about: ["endpointType"],
      otherwise: "on an endpoint whose requests are one turn alone",
    })
  ),
  hasEffectOnly("cacheBust", {
    when: (values) => !values.cacheBust.startsWith("system_") || !isOneTurn(values),
    about: ["endpointType"],
    otherwise: "on an endpoint without system prompts; use first_turn_prefix or first_turn_suffix",
  }),
  takesMedia("imageWidthMean", "images"),
  takesMedia("audioLengthMean", "audios"),
  needsOtherSide("imageWidthMean", "imageHeightMean"),
  needsOtherSide("imageHeightMean", "imageWidthMean"),
  ...IMAGE_DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: (values) => values.imageWidthMean > 0 && values.imageHeightMean > 0,
      about: ["imageWidthMean", "imageHeightMean"],
      otherwise: "without --image-width-mean and --image-height-mean above 0",
    })
  ),
  ...AUDIO_DETAILS.map((key) =>
    hasEffectOnly(key, {
      when: (values) => values.audioLengthMean > 0,
      about: ["audioLengthMean"],
      otherwise: "without --audio-length-mean above 0",
    })
  ),
  { about: ["audioFormat", "audioSampleRates"], check: checkMp3Rates },
  {
    about: [
      ...["imageWidthMean", "imageHeightMean", "imageBatchSize"] as const,
      ...["audioLengthMean", "audioBatchSize", "audioDepths", "audioSampleRates"] as const,
      ...["audioNumChannels", "conversationTurnMean"] as const,
    ],
    check: checkMediaSize,
  },
  hasEffectOnly("audioDepths", {
    when: (values) => values.audioFormat !== "mp3",
    about: ["audioFormat"],
    otherwise: "with --audio-format mp3",
  }),
];

function isRanking({ endpointType }: OptionValues): boolean {
  return endpointFacts(endpointType).needs === "passages";
}

function isOneTurn({ endpointType }: OptionValues): boolean {
  return endpointFacts(endpointType).isOneTurn === true;
}

function isMadeUp({ inputFile, publicDataset }: OptionValues): boolean {
  return inputFile === null && publicDataset === null;
}

function rankingTypes(): string[] {
  return ENDPOINT_TYPE_NAMES.filter((type) => endpointFacts(type).needs === "passages");
}

function contradictsSeqDist(key: OptionKey): Rule {
  return {
    about: [key, "seqDist"],
    check: (candidate) => {
      if (candidate.values.seqDist === null || !isDeliberate(candidate, key)) return [];
      const message = `contradicts ${nameOf(candidate, "seqDist")}, which says all lengths`;
      return [problem(candidate, key, message)];
    },
  };
}

function checkPrefixes(candidate: Candidate): Problem[] {
  const { numPrefixPrompts, prefixPromptLength } = candidate.values;
  if (numPrefixPrompts > 0 && prefixPromptLength === 0) {
    return [problem(candidate, "numPrefixPrompts", "needs --prefix-prompt-length above 0")];
  }
  if (numPrefixPrompts > 0 || prefixPromptLength === 0) return [];
  return [problem(candidate, "prefixPromptLength", "needs --num-prefix-prompts above 0")];
}

function takesMedia(key: "imageWidthMean" | "audioLengthMean", kind: MediaKind): Rule {
  return {
    about: [key, "endpointType"],
    check: (candidate) => {
      const { endpointType } = candidate.values;
      if (candidate.values[key] === 0) return [];
      if (endpointFacts(endpointType).takes?.includes(kind)) return [];
      const able = ENDPOINT_TYPE_NAMES.filter((type) => endpointFacts(type).takes?.includes(kind));
      const what = kind === "images" ? "pictures" : "sounds";
      const message = `--endpoint-type ${endpointType} takes no ${what}; use one of ${
        able.join(", ")
      }`;
      return [problem(candidate, key, message)];
    },
  };
}

function needsOtherSide(
  key: "imageWidthMean" | "imageHeightMean",
  other: "imageWidthMean" | "imageHeightMean",
): Rule {
  return {
    about: [key, other],
    check: (candidate) => {
      if (candidate.values[key] === 0 || candidate.values[other] > 0) return [];
      return [problem(candidate, key, `needs ${flagOf(other, "profile")} above 0`)];
    },
  };
}

function checkMp3Rates(candidate: Candidate): Problem[] {
  const { audioFormat, audioSampleRates } = candidate.values;
  const wrong = audioSampleRates.find((rate) => !MP3_RATES.includes(rate));
  if (audioFormat !== "mp3" || wrong === undefined) return [];
  const message = `must be of ${MP3_RATES.join(", ")} (kHz) for mp3, got ${wrong}`;
  return [problem(candidate, "audioSampleRates", message)];
}

/** A conversation goes from one process to another in a message of at most twice as much. */
const MOST_MEDIA_MIB = 32;

/** A picture has three bytes a pixel, and base64 makes four characters of three bytes. */
function checkMediaSize(candidate: Candidate): Problem[] {
  const { values } = candidate;
  const pixels = values.imageWidthMean * values.imageHeightMean * values.imageBatchSize;
  const samples = values.audioLengthMean * Math.max(...values.audioSampleRates) * 1000 *
    values.audioNumChannels * values.audioBatchSize;
  const bytes = 3 * pixels + Math.max(...values.audioDepths) / 8 * samples;
  const mib = bytes * 4 / 3 * values.conversationTurnMean / 2 ** 20;
  if (mib <= MOST_MEDIA_MIB) return [];
  const key = values.audioLengthMean > 0 && pixels === 0 ? "audioLengthMean" : "imageWidthMean";
  const message = `makes conversations of about ${Math.ceil(mib)} MiB; at most ${MOST_MEDIA_MIB} ` +
    "MiB can be sent";
  return [problem(candidate, key, message)];
}
