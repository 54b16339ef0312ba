/** A step that gave no numbers: what is told of it, and what is kept to look into it. */
import { join } from "@std/path";
import { writeFolderDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { NotFiniteError } from "../ops/require_finite.ts";
import { writePicture } from "../pictures/encode.ts";
import type { Pair } from "../interfaces/pictures.ts";

/** A step that failed. */
export interface Failure {
  readonly step: number;
  readonly epoch: number;
  readonly pairs: readonly Pair[];
  readonly error: NotFiniteError;
}

/** What is told of a failure: what, when, and on which pictures. */
export function describeFailure({ step, pairs, error }: Failure): string {
  const names = pairs.map(({ name }) => JSON.stringify(name)).join(", ");
  return `${error.what} is not finite in step ${step} (${names})`;
}

/**
 * Keeps the pictures of the step, as they were after augmentation, and what was found, in
 * `failures/step-00000123` of the run folder. The step is trained again, on the same random numbers,
 * by resuming from a checkpoint before it.
 *
 * @returns The folder, or why it could not be written.
 */
export async function keepFailure(folder: string, failure: Failure): Promise<string> {
  const { step, epoch, pairs, error } = failure;
  const path = join(folder, "failures", `step-${String(step).padStart(8, "0")}`);
  try {
    await writeFolderDurably(path, async (beside) => {
      for (const [index, { input, target }] of pairs.entries()) {
        await writePicture(join(beside, `${index}_input.png`), input);
        await writePicture(join(beside, `${index}_target.png`), target);
      }
      const found = { step, epoch, what: error.what, pairs: pairs.map(({ name }) => name) };
      await Deno.writeTextFile(join(beside, "failure.json"), `${JSON.stringify(found, null, 2)}\n`);
    });
    return `its pictures are in "${path}"`;
  } catch (problem) {
    return `its pictures cannot be kept: ${messageOf(problem)}`;
  }
}

/** The end of a training that stops at a failure. */
export function stopAt(failure: Failure, kept: string): PairlabError {
  return new PairlabError(
    `Cannot go on: ${
      describeFailure(failure)
    }; ${kept}. A lower rate would work, or --not-finite=skip or --not-finite=roll-back when resuming from the last checkpoint`,
  );
}
