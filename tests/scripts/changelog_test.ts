import { assertEquals } from "@std/assert";
import { changelogSection, releaseProblems } from "../../scripts/changelog.ts";

const CHANGELOG = `# Changelog

## [Unreleased]

- Later.

## [1.2.0] - 2026-05-01

### Added

- A thing.

## [1.1.0] - 2026-04-01

## [1.0.0] - 2026-03-01

- The first.
`;

Deno.test("changelogSection() gives what is between a release's heading and the next", () => {
  assertEquals(changelogSection(CHANGELOG, "1.2.0"), "### Added\n\n- A thing.");
});

Deno.test("changelogSection() gives the last section to its end", () => {
  assertEquals(changelogSection(CHANGELOG, "1.0.0"), "- The first.");
});

Deno.test("changelogSection() knows no release that only begins like another", () => {
  assertEquals(changelogSection(CHANGELOG, "1.2"), undefined);
});

const FACTS = {
  tag: "v1.2.0",
  programVersion: "1.2.0",
  manifestVersion: "1.2.0",
  changelog: CHANGELOG,
};

Deno.test("releaseProblems() finds none when tag, versions and changelog agree", () => {
  assertEquals(releaseProblems(FACTS), []);
});

Deno.test("releaseProblems() names every version that is not the tag's", () => {
  assertEquals(releaseProblems({ ...FACTS, programVersion: "1.1.0", manifestVersion: "1.3.0" }), [
    'The tag is "v1.2.0" but common/version.ts says "1.1.0"',
    'The tag is "v1.2.0" but deno.json says "1.3.0"',
  ]);
});

Deno.test("releaseProblems() refuses a tag without its v", () => {
  assertEquals(releaseProblems({ ...FACTS, tag: "1.2.0" }).length, 2);
});

Deno.test("releaseProblems() refuses a release that the changelog does not have", () => {
  const facts = { ...FACTS, tag: "v9.0.0", programVersion: "9.0.0", manifestVersion: "9.0.0" };
  assertEquals(releaseProblems(facts), ['CHANGELOG.md has no section "## [9.0.0]"']);
});

Deno.test("releaseProblems() refuses a release of which the changelog says nothing", () => {
  const facts = { ...FACTS, tag: "v1.1.0", programVersion: "1.1.0", manifestVersion: "1.1.0" };
  assertEquals(releaseProblems(facts), ['CHANGELOG.md says nothing under "## [1.1.0]"']);
});
