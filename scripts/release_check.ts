/**
 * Checks that a tag may be released, and prints the changelog's section for it on stdout:
 * `deno run --allow-read scripts/release_check.ts v1.2.0 > notes.md`.
 * Exits with 1 if the tag, the versions and the changelog disagree, with 2 without a tag.
 */

import { AIPERF_VERSION } from "../common/version.ts";
import { changelogSection, releaseProblems } from "./changelog.ts";
import manifest from "../deno.json" with { type: "json" };

const [tag] = Deno.args;
if (tag === undefined) {
  console.error("error: name the tag: release_check.ts v1.2.0");
  Deno.exit(2);
}

const changelog = Deno.readTextFileSync(new URL("../CHANGELOG.md", import.meta.url));
const problems = releaseProblems({
  tag,
  programVersion: AIPERF_VERSION,
  manifestVersion: manifest.version,
  changelog,
});
for (const problem of problems) console.error(`error: ${problem}`);
if (problems.length > 0) Deno.exit(1);
console.log(changelogSection(changelog, AIPERF_VERSION));
