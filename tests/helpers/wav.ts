/** What a WAV file is made of; the rest is what most files have. */
export interface WavOptions {
  readonly seconds: number;
  readonly bytesPerSecond?: number;
  /** A chunk that stands before the sound. */
  readonly before?: { readonly name: string; readonly bytes: number };
  /** What the header says of the size of the sound, in place of the truth. */
  readonly saidBytes?: number;
}

/** A WAV file of silence. */
export function wavFile(
  { seconds, bytesPerSecond = 16_000, before, saidBytes }: WavOptions,
): Uint8Array<ArrayBuffer> {
  const sound = Math.round(seconds * bytesPerSecond);
  const format = new DataView(new ArrayBuffer(16));
  format.setUint16(0, 1, true);
  format.setUint16(2, 1, true);
  format.setUint32(4, bytesPerSecond / 2, true);
  format.setUint32(8, bytesPerSecond, true);
  format.setUint16(12, 2, true);
  format.setUint16(14, 16, true);
  const chunks = [
    chunk("fmt ", new Uint8Array(format.buffer)),
    ...(before ? [chunk(before.name, new Uint8Array(before.bytes))] : []),
    chunk("data", new Uint8Array(sound), saidBytes),
  ];
  const body = [...new TextEncoder().encode("WAVE"), ...chunks.flatMap((bytes) => [...bytes])];
  return chunk("RIFF", Uint8Array.from(body));
}

/** The same as a data URI. */
export function wavUri(options: WavOptions): string {
  return `data:audio/wav;base64,${wavFile(options).toBase64()}`;
}

function chunk(name: string, content: Uint8Array, said = content.length): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(8 + content.length + content.length % 2);
  bytes.set(new TextEncoder().encode(name));
  new DataView(bytes.buffer).setUint32(4, said, true);
  bytes.set(content, 8);
  return bytes;
}
