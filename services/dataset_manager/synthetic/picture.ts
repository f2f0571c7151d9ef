import { encode as encodePng } from "fast-png";
import { encode as encodeJpeg } from "jpeg-js";

/** What a picture is encoded as. */
export type PictureFormat = "png" | "jpeg";

/** A picture that covers `width` by `height` pixels. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  /** Red, green and blue of each pixel, row by row. */
  readonly rgb: Uint8Array;
}

const JPEG_QUALITY = 75;

/** Encodes a picture. PNG is not compressed: with noise that would take time and save nothing. */
export function encodePicture(
  { width, height, rgb }: Picture,
  format: PictureFormat,
): Uint8Array<ArrayBuffer> {
  if (format === "png") {
    const image = { width, height, data: rgb, channels: 3, depth: 8 } as const;
    return new Uint8Array(encodePng(image, { zlib: { level: 0 } }));
  }
  const data = new Uint8Array(width * height * 4).fill(255);
  for (let pixel = 0; pixel < width * height; pixel++) {
    data.set(rgb.subarray(3 * pixel, 3 * pixel + 3), 4 * pixel);
  }
  return new Uint8Array(encodeJpeg({ width, height, data }, JPEG_QUALITY).data);
}
