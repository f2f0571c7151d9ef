/** `deno task hooks`: has git run `deno task ok` before each commit. */

/** How a hook of ours is known from somebody else's. */
const MARK = "# Installed by: deno task hooks";
const HOOK = `#!/bin/sh
${MARK}
command -v deno >/dev/null && exec deno task ok
exec npx --yes deno@${Deno.version.deno} task ok
`;

const { success, stdout } = await new Deno.Command("git", {
  args: ["rev-parse", "--git-path", "hooks/pre-commit"],
  cwd: new URL("../", import.meta.url),
  stderr: "inherit",
}).output();
if (!success) Deno.exit(1);

const path = new URL(new TextDecoder().decode(stdout).trim(), new URL("../", import.meta.url));
const present = readIfThere(path);
if (present !== undefined && !present.includes(MARK)) {
  console.error(`error: ${path.pathname} is a hook of your own; add "deno task ok" to it yourself`);
  Deno.exit(1);
}
Deno.mkdirSync(new URL("./", path), { recursive: true });
Deno.writeTextFileSync(path, HOOK, { mode: 0o755 });
console.log(`${path.pathname} runs "deno task ok" before each commit`);

function readIfThere(file: URL): string | undefined {
  try {
    return Deno.readTextFileSync(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
