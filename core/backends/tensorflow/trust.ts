/** Whether other users of this machine could replace TensorFlow's library. */
import { dirname, resolve } from "@std/path";
import { exists } from "../../base/files.ts";
import { EngineError } from "../engine_error.ts";

const GROUP_WRITES = 0o020, OTHERS_WRITE = 0o002, STICKY = 0o1000;

/**
 * Rejects a library that other users could replace: loading it would run their code. Windows keeps
 * no such modes, and profiles are private there.
 *
 * @param path The library, an absolute path.
 * @param own The folder of Pairlab's own cache: what lies in it must also belong to this user (or to
 * root), and to no foreign group that may write. @default none: the user, or Python, chose the path
 * @throws {EngineError} Naming the first file or folder that others can write.
 */
export async function refuseWritableByOthers(path: string, own?: string): Promise<void> {
  if (Deno.build.os === "windows" || !await exists(path)) return;
  const places = new Set([
    ...ancestorsOf(resolve(path)),
    ...ancestorsOf(await Deno.realPath(path)),
  ]);
  const named = own === undefined ? undefined : resolve(own);
  const cache = named === undefined ? undefined : await Deno.realPath(named);
  for (const place of places) {
    const info = await Deno.stat(place);
    const isOwn = cache !== undefined &&
      (place === named || within(cache, await Deno.realPath(place)));
    const why = whoWrites(info) ?? (isOwn ? whoElse(info) : undefined);
    if (why === undefined) continue;
    throw new EngineError(
      `Cannot load TensorFlow's library "${path}": ${why} can write to "${place}"`,
      `Allow only yourself to (chmod go-w "${place}"), name a folder of your own in PAIRLAB_CACHE`,
    );
  }
}

/** Who else may write: in a sticky folder, such as /tmp, everybody replaces only their own files. */
function whoWrites({ mode, isDirectory }: Deno.FileInfo): string | undefined {
  const open = ((mode ?? 0) & OTHERS_WRITE) !== 0;
  const sticky = isDirectory && ((mode ?? 0) & STICKY) !== 0;
  return open && !sticky ? "every user" : undefined;
}

function whoElse({ mode, uid, gid }: Deno.FileInfo): string | undefined {
  if (uid !== 0 && uid !== Deno.uid()) return `the user ${uid}`;
  // Many systems give each user a group of their own, and let it write.
  return ((mode ?? 0) & GROUP_WRITES) !== 0 && gid !== Deno.gid() ? `the group ${gid}` : undefined;
}

function ancestorsOf(path: string): string[] {
  const above = dirname(path);
  return above === path ? [path] : [path, ...ancestorsOf(above)];
}

function within(folder: string, path: string): boolean {
  return path === folder || ancestorsOf(path).includes(folder);
}
