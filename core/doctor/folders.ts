/** The folders that training reads and writes. */
import { join } from "@std/path";
import { messageOf } from "../base/errors.ts";
import { isFolder } from "../base/files.ts";
import type { Check } from "./check.ts";
import { checked } from "./check.ts";

/**
 * Whether the data set can be trained on.
 *
 * @param root Its folder.
 * @param open Opens the pairs in it, checks them all and describes them, e.g. by `folderPairs`.
 */
export async function checkDataset(
  root: string,
  open: (root: string) => Promise<string>,
): Promise<Check> {
  const name = "data set";
  const sides = [join(root, "input"), join(root, "output")];
  const there = await Promise.all(sides.map(isFolder));
  if (!there.includes(true)) {
    return {
      name,
      state: "missing",
      found: `no folders "${sides.join('" and "')}"`,
      remedy:
        `put the inputs into the first and their targets, under the same file names, into the ` +
        `second; or pass another data set with --dataset=FOLDER`,
    };
  }
  try {
    return { name, state: "ok", found: await open(root) };
  } catch (error) {
    return { name, state: "problem", found: messageOf(error) };
  }
}

/** Whether the folder of the runs can be written, or made. */
export function checkRuns(folder: string): Promise<Check> {
  const remedy = "use a folder that you may write to: --run=FOLDER";
  return checked("run folders", remedy, async () => {
    const where = await isFolder(folder) ? folder : ".";
    const file = await Deno.makeTempFile({ dir: where, prefix: ".pairlab-" });
    await Deno.remove(file);
    return where === folder ? `"${folder}" is writable` : `"${folder}" can be created`;
  });
}
