import { numberList } from "../number_list.ts";
import { option } from "../option.ts";
import { choice, decimal, integer } from "../value_type.ts";

/** Larger ones do not fit into a message between two processes. */
const LARGEST_SIDE = 4096;
const LONGEST_SECONDS = 600;

/** What made-up pictures are like. */
export const IMAGE_OPTIONS = {
  imageWidthMean: option({
    type: decimal({ min: 0, max: LARGEST_SIDE }),
    default: 0,
    path: "input.image.width.mean",
    help:
      "Mean width in pixels of the pictures of noise that each turn shows; 0: it shows none; see docs/synthetic_data.md.",
  }),
  imageWidthStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.image.width.stddev",
    help: "Standard deviation of the pictures' width in pixels.",
  }),
  imageHeightMean: option({
    type: decimal({ min: 0, max: LARGEST_SIDE }),
    default: 0,
    path: "input.image.height.mean",
    help: "Mean height of the pictures in pixels; 0: there are none.",
  }),
  imageHeightStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.image.height.stddev",
    help: "Standard deviation of the pictures' height in pixels.",
  }),
  imageBatchSize: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "input.image.batch_size",
    aliases: ["--batch-size-image"],
    help: "How many pictures a turn has.",
  }),
  imageFormat: option({
    type: choice(["png", "jpeg", "random"]),
    default: "png",
    path: "input.image.format",
    help: "Format of the pictures; random: any of the others for each.",
  }),
};

/** What made-up sounds are like. */
export const AUDIO_OPTIONS = {
  audioLengthMean: option({
    type: decimal({ min: 0, max: LONGEST_SECONDS }),
    default: 0,
    path: "input.audio.length.mean",
    unit: "seconds",
    help:
      "Mean length of the sounds of noise that each turn has; 0: it has none; see docs/synthetic_data.md.",
  }),
  audioLengthStddev: option({
    type: decimal({ min: 0 }),
    default: 0,
    path: "input.audio.length.stddev",
    unit: "seconds",
    help: "Standard deviation of the sounds' length.",
  }),
  audioBatchSize: option({
    type: integer({ min: 1 }),
    default: 1,
    path: "input.audio.batch_size",
    aliases: ["--batch-size-audio"],
    help: "How many sounds a turn has.",
  }),
  audioFormat: option({
    type: choice(["wav", "mp3"]),
    default: "wav",
    path: "input.audio.format",
    help: "Format of the sounds.",
  }),
  audioDepths: option({
    type: numberList({
      allowed: "bits of a sample: 8, 16, 24 or 32, or several of them",
      isAllowed: (bits) => [8, 16, 24, 32].includes(bits),
    }),
    default: [16],
    path: "input.audio.depths",
    help: "Bits of a sample of wav; each sound has any of those that are named.",
  }),
  audioSampleRates: option({
    type: numberList({
      allowed: "sample rates in kHz from 1 to 192, one or several",
      isAllowed: (kilohertz) => kilohertz >= 1 && kilohertz <= 192,
    }),
    default: [16],
    path: "input.audio.sample_rates",
    help: "Sample rates in kHz; each sound has any of those that are named.",
  }),
  audioNumChannels: option({
    type: integer({ min: 1, max: 2 }),
    default: 1,
    path: "input.audio.num_channels",
    help: "Channels of the sounds: 1 is mono, 2 is stereo.",
  }),
};
