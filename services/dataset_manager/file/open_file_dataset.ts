import type { Dataset } from "../dataset.ts";
import { createFileDataset, type FileDatasetOptions } from "./file_dataset.ts";
import { openInputFiles } from "./input_file.ts";
import { MediaFiles } from "./media_files.ts";
import { createPoolDataset } from "./pool_dataset.ts";

/** Opens the files of a data set. Throws a BadInputError that names what cannot be used. */
export async function openFileDataset(
  options: Omit<FileDatasetOptions, "sources" | "media">,
): Promise<Dataset> {
  const { path, format } = options.file;
  const sources = await openInputFiles(path);
  const isFolder = sources.length !== 1 || !path.endsWith(sources[0]!.name);
  const folder = isFolder ? path : path.slice(0, path.lastIndexOf("/"));
  const all = { ...options, sources, media: new MediaFiles(folder) };
  return await (format === "random_pool" ? createPoolDataset : createFileDataset)(all);
}
