/** A disk that becomes full. */

/**
 * Runs `body` in a file system of one megabyte.
 *
 * Where none can be mounted, a line says so.
 */
export async function withSmallDisk(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir({ prefix: "pairlab-test-" });
  const mount = async (...args: string[]): Promise<boolean> => {
    try {
      const command = new Deno.Command(args[0]!, { args: args.slice(1), stderr: "null" });
      return (await command.output()).success;
    } catch {
      return false;
    }
  };
  const mounted = await mount("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder);
  try {
    if (mounted) await body(folder);
  } finally {
    if (mounted) await mount("umount", folder);
    await Deno.remove(folder, { recursive: true });
  }
  // deno-lint-ignore no-console
  if (!mounted) console.log("skipped: a small file system cannot be mounted here");
}

/** Takes all room that is left on a file system. @returns The file that takes it. */
export async function fillDisk(folder: string): Promise<string> {
  const path = `${folder}/filler`;
  using filler = await Deno.open(path, { write: true, create: true });
  try {
    while (true) await filler.write(new Uint8Array(1024));
  } catch {
    return path;
  }
}
