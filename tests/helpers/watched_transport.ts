import type { HttpAnswer, HttpMessage, HttpTransport } from "../../common/http/http_transport.ts";

/** What a test wants to see of a transport. */
export interface Watcher {
  /** Called when a request goes out. */
  onSend?: (message: HttpMessage) => void;
  /** Called when the head of its answer has come. */
  onAnswer?: (answer: HttpAnswer) => void;
  onClose?: () => void;
}

/** A transport that does what another one does, under the eyes of a test. */
export function watchedTransport(transport: HttpTransport, watcher: Watcher): HttpTransport {
  const watched: HttpTransport = {
    prepare(message) {
      const ready = transport.prepare(message);
      return {
        async send(signal) {
          watcher.onSend?.(message);
          const answer = await ready.send(signal);
          watcher.onAnswer?.(answer);
          return answer;
        },
      };
    },
    connectAhead: (url, count) => transport.connectAhead(url, count),
    endSession: (sessionId) => transport.endSession(sessionId),
    close() {
      watcher.onClose?.();
      transport.close();
    },
  };
  return watched;
}
