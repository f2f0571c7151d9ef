import type { RequestRecord } from "../../common/model/record.ts";
import type { LoadShare } from "../../common/model/report.ts";
import type { EndpointPlan } from "../../common/model/run_config.ts";

/** Counts the requests to each URL and to each model. */
export class LoadShares {
  readonly #urls: Share[];
  readonly #models: Map<string, Share>;

  constructor({ urls, modelChoice }: Pick<EndpointPlan, "urls" | "modelChoice">) {
    this.#urls = urls.map(emptyShare);
    this.#models = new Map(modelChoice?.models.map((model) => [model, emptyShare(model)]));
  }

  /** Takes a record in. */
  add(record: RequestRecord): void {
    const { model, urlIndex } = record;
    let share = this.#models.get(model);
    if (share === undefined) this.#models.set(model, share = emptyShare(model));
    count(share, record);
    const url = this.#urls[urlIndex];
    if (url !== undefined) count(url, record);
  }

  /** The shares of the URLs in their order; empty when there is only one. */
  urls(): LoadShare[] {
    return severalOf(this.#urls);
  }

  /** The shares of the models, those that only the data set names last; empty when there is only one. */
  models(): LoadShare[] {
    return severalOf([...this.#models.values()]);
  }
}

type Share = { -readonly [K in keyof LoadShare]: LoadShare[K] };

function emptyShare(name: string): Share {
  return { name, requests: 0, errors: 0 };
}

function count(share: Share, { outcome }: RequestRecord): void {
  share.requests++;
  if (outcome === "error" || outcome === "lost") share.errors++;
}

function severalOf(shares: readonly Share[]): LoadShare[] {
  return shares.length > 1 ? shares.map((share) => ({ ...share })) : [];
}
