/** A sound as numbers. */
export interface Sound {
  /** From -1 to 1, those of one instant side by side. */
  readonly samples: Float32Array;
  readonly channels: number;
  readonly sampleRateHz: number;
}

const HEADER_BYTES = 44;
const PCM = 1;

/**
 * Encodes a sound as a WAV file of plain samples, `depth` bits each: 8 (without a sign, as the
 * format has it), 16, 24 or 32.
 */
export function encodeWav(sound: Sound, depth: number): Uint8Array<ArrayBuffer> {
  const { samples } = sound;
  const width = depth / 8;
  const dataBytes = samples.length * width;
  // What follows a chunk of odd length begins at an even place.
  const bytes = new Uint8Array(HEADER_BYTES + dataBytes + dataBytes % 2);
  const view = new DataView(bytes.buffer);
  writeHeader(view, sound, { depth, dataBytes });
  const scale = 2 ** (depth - 1) - 1;
  for (const [i, sample] of samples.entries()) {
    const at = HEADER_BYTES + i * width;
    const value = Math.round(sample * scale);
    if (depth === 8) view.setUint8(at, value + 128);
    else if (depth === 16) view.setInt16(at, value, true);
    else if (depth === 32) view.setInt32(at, value, true);
    else {
      view.setInt16(at, value & 0xffff, true);
      view.setInt8(at + 2, value >> 16);
    }
  }
  return bytes;
}

/** The header of RIFF/WAVE with a `fmt ` and a `data` chunk. */
function writeHeader(
  view: DataView,
  { channels, sampleRateHz }: Sound,
  { depth, dataBytes }: { readonly depth: number; readonly dataBytes: number },
): void {
  const frameBytes = channels * depth / 8;
  writeName(view, 0, "RIFF");
  view.setUint32(4, view.byteLength - 8, true);
  writeName(view, 8, "WAVE");
  writeName(view, 12, "fmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, depth, true);
  writeName(view, 36, "data");
  view.setUint32(40, dataBytes, true);
}

function writeName(view: DataView, at: number, name: string): void {
  for (let i = 0; i < 4; i++) view.setUint8(at + i, name.charCodeAt(i));
}
