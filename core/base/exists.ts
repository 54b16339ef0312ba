/** What lies at a path. */

/** True if a file or folder exists at this path. */
export async function exists(path: string): Promise<boolean> {
  return await statIfThere(path) !== undefined;
}

/** True if the path leads to a file. */
export async function isFile(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isFile === true;
}

/** True if the path leads to a folder. */
export async function isFolder(path: string): Promise<boolean> {
  return (await statIfThere(path))?.isDirectory === true;
}

async function statIfThere(path: string): Promise<Deno.FileInfo | undefined> {
  try {
    return await Deno.stat(path);
  } catch {
    return undefined;
  }
}
