/**
 * The text under a release's heading (`## [1.2.0] - 2026-05-01`) in a changelog, without the
 * heading; `undefined` if there is no such heading.
 */
export function changelogSection(changelog: string, version: string): string | undefined {
  const lines = changelog.split("\n");
  const start = lines.findIndex((line) => line.startsWith(`## [${version}]`));
  if (start < 0) return undefined;
  const after = lines.slice(start + 1);
  const end = after.findIndex((line) => line.startsWith("## "));
  return after.slice(0, end < 0 ? undefined : end).join("\n").trim();
}

/** What a release is checked against. */
export interface ReleaseFacts {
  /** The git tag, `v1.2.0`. */
  tag: string;
  /** The version in `common/version.ts`. */
  programVersion: string;
  /** The version in `deno.json`. */
  manifestVersion: string;
  /** The text of `CHANGELOG.md`. */
  changelog: string;
}

/** Why the facts do not make a release: one line each, none when all is well. */
export function releaseProblems(facts: ReleaseFacts): string[] {
  const { tag, programVersion, manifestVersion, changelog } = facts;
  const problems: string[] = [];
  if (tag !== `v${programVersion}`) {
    problems.push(`The tag is "${tag}" but common/version.ts says "${programVersion}"`);
  }
  if (tag !== `v${manifestVersion}`) {
    problems.push(`The tag is "${tag}" but deno.json says "${manifestVersion}"`);
  }
  const section = changelogSection(changelog, tag.replace(/^v/, ""));
  if (section === undefined) {
    problems.push(`CHANGELOG.md has no section "## [${tag.replace(/^v/, "")}]"`);
  } else if (!/^- /m.test(section)) {
    problems.push(`CHANGELOG.md says nothing under "## [${tag.replace(/^v/, "")}]"`);
  }
  return problems;
}
