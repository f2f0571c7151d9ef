import { fetchFile } from "../../../common/hub/fetch_file.ts";
import { HubClient } from "../../../common/hub/hub_client.ts";
import type { HubConfig } from "../../../common/hub/hub_config.ts";
import { HubError, offline } from "../../../common/hub/hub_error.ts";
import type { HubRepo } from "../../../common/hub/hub_file.ts";
import type { PublicDatasetRequest } from "../../../common/model/public_dataset.ts";
import { type DatasetFile, datasetFile } from "../../../common/model/dataset_file.ts";
import { LineFile } from "../../../common/runtime/line_file.ts";
import { BadInputError } from "../../../common/service/bad_input_error.ts";
import { openTokenizer } from "../../../common/tokenizer/open_tokenizer.ts";
import { entryLine, type LineRules } from "./entry_line.ts";
import { DownloadNotes } from "./download_notes.ts";
import { kindOf, pickFiles, type PublicSet, type Row } from "./public_set.ts";
import { readRows } from "./read_rows.ts";
import { PUBLIC_SETS } from "./sets.ts";

/** Conversations that are taken where the user does not say how many. */
const DEFAULT_ENTRIES = 1_000;

/** Part of a file's name in the cache: another number makes them all anew. */
const CONVERSION = 1;

/**
 * Brings a public data set to this machine, as an input file of our own kind.
 *
 * The files come from the hub or the cache, and only as many of them as are needed for the wanted
 * number of conversations. Throws a BadInputError that names the option.
 */
export async function preparePublic(
  request: PublicDatasetRequest,
  hub: HubConfig,
): Promise<DatasetFile> {
  const set = setFor(request);
  const path = `${hub.cacheDir}/datasets/${await fileName(request, set)}`;
  const file = datasetFile(path, { format: formatOf(request) });
  if (await exists(path)) return file;
  try {
    await convert({ request, set, hub, path });
  } catch (error) {
    if (!(error instanceof HubError)) throw error;
    const isOutOfReach = hub.isOffline || error.kind === "transient";
    const hint = isOutOfReach ? WITHOUT_THE_HUB : "";
    throw new BadInputError(`--public-dataset: ${request.name}: ${error.message}${hint}`);
  }
  return file;
}

const WITHOUT_THE_HUB =
  "; without the hub --input-file sends a copy in a format of docs/input_files.md; HF_ENDPOINT " +
  "names a mirror";

function setFor({ name, subset }: PublicDatasetRequest): PublicSet {
  const set = PUBLIC_SETS[name];
  return subset === null ? set : { ...set, subset, path: null };
}

/** Every entry of the only set with several turns may have them. */
function formatOf({ name }: PublicDatasetRequest): DatasetFile["format"] {
  return name === "spec_al_mtbench" ? "multi_turn" : "single_turn";
}

async function fileName(request: PublicDatasetRequest, set: PublicSet): Promise<string> {
  const { name, subset, maxEntries, asksForRecordedLength, tokenizer } = request;
  const lengths = set.hasLengthRule ? { asksForRecordedLength, tokenizer } : null;
  const key = JSON.stringify([CONVERSION, set.revision, subset, maxEntries, lengths]);
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(key));
  const hex = new Uint8Array(digest).toHex().slice(0, 12);
  return `${name}-${hex}.jsonl`;
}

interface Job {
  readonly request: PublicDatasetRequest;
  readonly set: PublicSet;
  readonly hub: HubConfig;
  /** Where the result goes. */
  readonly path: string;
}

async function convert(job: Job): Promise<void> {
  const { request: { maxEntries, name }, path } = job;
  await Deno.mkdir(path.slice(0, path.lastIndexOf("/")), { recursive: true });
  const draft = `${path}.${crypto.randomUUID()}`;
  const lines = await LineFile.create(draft);
  let entries = 0;
  try {
    for await (const line of linesOf(job)) {
      await lines.append(line);
      if (++entries === (maxEntries ?? DEFAULT_ENTRIES)) break;
    }
    await lines.close();
    if (entries === 0) throw new HubError(`no conversation of ${name} can be used`);
    await Deno.rename(draft, path);
  } catch (error) {
    await lines.close().catch(() => {});
    await Deno.remove(draft).catch(() => {});
    throw error;
  }
}

async function* linesOf(job: Job): AsyncGenerator<string> {
  const { request, set, hub } = job;
  const repo: HubRepo = { kind: "dataset", id: set.repo, revision: set.revision };
  const rules = await rulesFor(request, set);
  const notes = new DownloadNotes(request.say, () => performance.now());
  let index = 0;
  for (const path of await filesOf(set, repo, hub)) {
    const file = await fetchFile(hub, { repo, path }, {
      onProgress: (progress) => notes.note(progress),
    });
    for await (const row of namedRows(path, readRows(file.path, kindOf(path)!, set.columns))) {
      const entry = set.read(row);
      const line = entry && entryLine(entry, rules, index);
      if (line === null) continue;
      yield line;
      index++;
    }
  }
}

/** The rows, and whatever cannot be read of them under the name of their file. */
async function* namedRows(path: string, rows: AsyncIterable<Row>): AsyncGenerator<Row> {
  try {
    yield* rows;
  } catch (error) {
    throw new HubError(`${path}: ${(error as Error).message}`);
  }
}

async function filesOf(set: PublicSet, repo: HubRepo, hub: HubConfig): Promise<string[]> {
  if (set.path !== null) return [set.path];
  if (hub.isOffline) throw offline({ repo, what: "the list of files" });
  const files = pickFiles(await new HubClient(hub).list(repo, ""), set);
  if (files.length > 0) return files;
  const where = set.subset === null ? "" : ` in a folder "${set.subset}"`;
  throw new HubError(`${repo.id} has no file${where} that can be read`);
}

async function rulesFor(request: PublicDatasetRequest, set: PublicSet): Promise<LineRules> {
  const { asksForRecordedLength } = request;
  if (!set.hasLengthRule) return { count: null, asksForRecordedLength };
  const tokenizer = await openTokenizer(request.tokenizer);
  return { count: (text) => tokenizer.count(text), asksForRecordedLength };
}

async function exists(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
