/** What kind of repository the hub keeps a file in. */
export type RepoKind = "model" | "dataset";

/** A repository of the hub at one revision. */
export interface HubRepo {
  readonly kind: RepoKind;
  /** `name` or `owner/name`. */
  readonly id: string;
  /** A branch, a tag or a commit. */
  readonly revision: string;
}

/** A file of a repository. */
export interface HubFile {
  readonly repo: HubRepo;
  /** Its path in the repository. */
  readonly path: string;
}

const HUB_ID_REGEXP = /^(?:[A-Za-z0-9][\w.-]*\/)?[A-Za-z0-9][\w.-]*$/;

/** Whether a text can be the id of a repository. */
export function isHubId(text: string): boolean {
  return HUB_ID_REGEXP.test(text) && text.length <= 96 && !/--|\.\.|\.git$|[.-](\/|$)/.test(text);
}

/** Where the hub serves a file. */
export function fileUrl(endpoint: string, { repo, path }: HubFile): string {
  const prefix = repo.kind === "dataset" ? "/datasets" : "";
  const revision = encodeURIComponent(repo.revision);
  return `${endpoint}${prefix}/${repo.id}/resolve/${revision}/${encodePath(path)}`;
}

/** Where the hub lists the files of a folder of a repository; `folder` is empty for its root. */
export function treeUrl(endpoint: string, repo: HubRepo, folder: string): string {
  const below = folder === "" ? "" : `/${encodePath(folder)}`;
  const revision = encodeURIComponent(repo.revision);
  return `${endpoint}/api/${repo.kind}s/${repo.id}/tree/${revision}${below}?recursive=true`;
}

/** The page of a repository, for people. */
export function pageUrl(endpoint: string, { kind, id }: HubRepo): string {
  return `${endpoint}/${kind === "dataset" ? "datasets/" : ""}${id}`;
}

/** The folder of a repository's revision in the cache. */
export function repoFolder(cacheDir: string, endpoint: string, repo: HubRepo): string {
  const host = new URL(endpoint).host.replaceAll(":", "_");
  const name = `${repo.kind}s--${repo.id.replaceAll("/", "--")}`;
  return `${cacheDir}/hub/${host}/${name}/${encodeURIComponent(repo.revision)}`;
}

function encodePath(path: string): string {
  return path.split("/").map(encodeURIComponent).join("/");
}
