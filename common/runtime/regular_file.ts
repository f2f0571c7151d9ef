/**
 * Makes sure that a path is a regular file that can be read, or, where it may be one, a folder.
 *
 * Rejects with what the file system says, or with a TypeError for what is no regular file.
 */
export async function checkRegularFile(path: string, mayBeFolder = false): Promise<void> {
  // Opening a pipe would wait for its writer.
  const { isFile, isDirectory } = await Deno.stat(path);
  if (isDirectory && mayBeFolder) return;
  if (isDirectory) throw new Deno.errors.IsADirectory("it is a folder");
  if (!isFile) throw new TypeError("it is no regular file");
  (await Deno.open(path, { read: true })).close();
}
