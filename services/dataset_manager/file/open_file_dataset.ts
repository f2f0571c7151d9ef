import type { RunEvent } from "../../../common/model/run_event.ts";
import type { Dataset } from "../dataset.ts";
import { createFileDataset, type FileDatasetOptions } from "./file_dataset.ts";
import { openInputFiles } from "./input_file.ts";
import { LookNotes } from "./look_notes.ts";
import { MediaFiles } from "./media_files.ts";
import { createPoolDataset } from "./pool_dataset.ts";

/**
 * Opens the files of a data set; `tell` is told how far that is, should it take long.
 *
 * Throws a BadInputError that names what cannot be used.
 */
export async function openFileDataset(
  options: Omit<FileDatasetOptions, "sources" | "media" | "onLook">,
  tell: (event: RunEvent) => void = () => {},
): Promise<Dataset> {
  const { file: { path, format }, nowMs } = options;
  const sources = await openInputFiles(path);
  const isFolder = sources.length !== 1 || !path.endsWith(sources[0]!.name);
  const folder = isFolder ? path : path.slice(0, path.lastIndexOf("/"));
  const file = path.slice(path.lastIndexOf("/") + 1);
  const size = sources.reduce((all, source) => all + source.size, 0);
  const notes = new LookNotes({ file, size }, tell, nowMs);
  const onLook = (bytes: number) => notes.note(bytes);
  const all = { ...options, sources, onLook, media: new MediaFiles(folder) };
  return await (format === "random_pool" ? createPoolDataset : createFileDataset)(all);
}
