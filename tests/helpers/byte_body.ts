/**
 * A body as `fetch` has it: a stream of bytes, whose pieces are asked for when a read waits for one.
 *
 * `next`: gives the next piece, null at the end; what it throws breaks the body off.
 * `onCancel`: called when the reader gives up.
 */
export function byteBody(
  next: () => Uint8Array<ArrayBuffer> | null,
  onCancel: () => void = () => {},
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    type: "bytes",
    pull(controller) {
      const piece = next();
      // The stream takes the memory of what it is given.
      if (piece !== null) return controller.enqueue(piece.slice());
      controller.close();
      controller.byobRequest?.respond(0);
    },
    cancel: onCancel,
  });
}
