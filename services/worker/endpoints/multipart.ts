import type { BinaryBody } from "./endpoint.ts";

/** One part of a form. */
export type FormPart =
  | { readonly name: string; readonly value: string }
  | {
    readonly name: string;
    readonly fileName: string;
    readonly mediaType: string;
    readonly bytes: Uint8Array;
  };

/**
 * What parts the parts: the same in all requests, so that equal turns have equal bodies, and of 122
 * random bits, so that no sound holds it by chance.
 */
const BOUNDARY = "aiperf-6c1f0e7a-3b52-4d0e-9f2b-8a4c5d7e9b13";

const encoder = new TextEncoder();

/** A `multipart/form-data` body (RFC 7578) of these parts, in order. */
export function formBody(parts: readonly FormPart[]): BinaryBody {
  const pieces = parts.flatMap((part) => {
    const head = `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${escaped(part.name)}"`;
    if ("value" in part) return [encoder.encode(`${head}\r\n\r\n${part.value}\r\n`)];
    const { fileName, mediaType, bytes } = part;
    const fileHead = `${head}; filename="${
      escaped(fileName)
    }"\r\nContent-Type: ${mediaType}\r\n\r\n`;
    return [encoder.encode(fileHead), bytes, encoder.encode("\r\n")];
  });
  pieces.push(encoder.encode(`--${BOUNDARY}--\r\n`));
  return { bytes: joined(pieces), contentType: `multipart/form-data; boundary=${BOUNDARY}` };
}

/** As browsers write names: what would end the quotes, or the line, is percent-encoded. */
function escaped(name: string): string {
  return name.replaceAll('"', "%22").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function joined(pieces: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
}
