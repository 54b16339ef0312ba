/** Whether a path stays in a folder, with links followed. */
import { relative } from "@std/path";

/**
 * Follows all links of a path.
 *
 * @returns `within` if it ends in the folder, `outside` if not, `missing` if there is nothing.
 */
export async function realPathWithin(
  folder: string,
  path: string,
): Promise<"within" | "outside" | "missing"> {
  try {
    const [home, real] = await Promise.all([Deno.realPath(folder), Deno.realPath(path)]);
    return leadsOut(relative(home, real), real) ? "outside" : "within";
  } catch {
    return "missing";
  }
}

/** True for the way from one path to another that is not below it. */
function leadsOut(way: string, to: string): boolean {
  // On Windows the way to another drive is absolute.
  return /^\.\.($|[\\/])/.test(way) || way === to;
}
