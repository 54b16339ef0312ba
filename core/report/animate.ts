/** Samples over the epochs, as files beside a report. */
import { basename, dirname, join } from "@std/path";
import { messageOf, PairlabError } from "../base/errors.ts";
import { writePicture } from "../pictures/encode.ts";
import { drawEpochs } from "../pictures/epochs.ts";
import { labelsOf } from "./run.ts";

/**
 * Writes an animation and a contact sheet of each run beside the report: `report-RUN.webp` and
 * `report-RUN.jpg`.
 *
 * @returns A line for each run: what was written, or that it has no samples.
 * @throws {PairlabError} If a file cannot be written.
 */
export async function animateRuns(folders: readonly string[], report: string): Promise<string[]> {
  const lines: string[] = [];
  const labels = labelsOf(folders);
  for (const [index, folder] of folders.entries()) {
    const label = labels[index] ?? folder;
    const name = `${basename(report).replace(/\.html?$/i, "")}-${
      label.replace(/[^\p{L}\p{N}._-]+/gu, "-")
    }`;
    const path = join(dirname(report), name);
    const drawn = await drawEpochs(join(folder, "samples"));
    if (drawn === null) {
      lines.push(`No animation of ${label}: it has no samples`);
      continue;
    }
    try {
      await Deno.writeFile(`${path}.webp`, drawn.animation);
      await writePicture(`${path}.jpg`, drawn.sheet);
    } catch (error) {
      throw new PairlabError(
        `Cannot write the animation "${path}.webp": ${
          messageOf(error)
        }. Choose another place with --out=FILE`,
      );
    }
    lines.push(`Animation of ${label}: ${path}.webp, contact sheet: ${path}.jpg`);
  }
  return lines;
}
