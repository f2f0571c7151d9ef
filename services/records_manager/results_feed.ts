import { messageText } from "../../common/journal/journal_line.ts";
import { LineReader } from "../../common/runtime/line_reader.ts";
import type { Peer } from "../../common/service/peer.ts";

/**
 * Passes on what is in the journal, to one service after the other, each from the first line on.
 *
 * It reads the file rather than the records as they come: so one that is slow has nobody wait for
 * it and nothing pile up, and one that is started again gets everything once more.
 */
export class ResultsFeed {
  readonly #path: string;
  #news = Promise.withResolvers<void>();
  #records: number | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  /** More is in the file. */
  wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }

  /** Everything is in the file: so many records. */
  end(records: number): void {
    this.#records = records;
    this.wake();
  }

  /** Feeds a service until it goes away; rejects when the journal cannot be read. */
  async run(peer: Peer): Promise<void> {
    let isGone = false;
    void peer.channel.closed.then(() => {
      isGone = true;
      this.wake();
    });
    using lines = await LineReader.open(this.#path);
    let told: number | null = null;
    while (!isGone) {
      const { promise } = this.#news;
      const records = this.#records;
      const some = await lines.next();
      if (some !== null) {
        await passOn(some, peer);
        continue;
      }
      if (records !== told) {
        void peer.send({ type: "records_end", records: records! });
        told = records;
      }
      await promise;
    }
  }
}

async function passOn(lines: readonly string[], peer: Peer): Promise<void> {
  for (const line of lines) {
    const text = messageText(line);
    const room = text === null ? undefined : peer.sendText(text);
    if (room) await room;
  }
}
