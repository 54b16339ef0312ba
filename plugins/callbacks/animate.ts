import { join } from "@std/path";
import {
  type Callback,
  drawEpochs,
  type EpochsOptions,
  messageOf,
  type TrainingRun,
  writePicture,
} from "../../core/plugin.ts";

/**
 * Draws the samples over the epochs when the training ends, however it ends: `animation.webp` and
 * `contact_sheet.jpg` in the run folder. It draws what `samples()` has written; `deno task report
 * --animate` does the same later.
 *
 * @example
 * ```ts
 * import { animate } from "./animate.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(animate({ pictures: 1 }).name, "animate");
 * ```
 */
export function animate(options: EpochsOptions = {}): Callback {
  const draw = async (run: TrainingRun): Promise<void> => {
    const path = join(run.folder, "animation.webp");
    try {
      const drawn = await drawEpochs(join(run.folder, "samples"), options);
      if (drawn === null) return;
      await Deno.writeFile(path, drawn.animation);
      await writePicture(join(run.folder, "contact_sheet.jpg"), drawn.sheet);
    } catch (error) {
      // A full disk must not cost the training.
      run.say(`Warning: cannot write "${path}": ${messageOf(error)}`);
    }
  };
  return { name: "animate", onInterrupt: draw, onTrainEnd: draw, onError: draw };
}
