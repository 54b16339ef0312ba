import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { openCheckpoint } from "../../../core/runs/checkpoint.ts";
import type { Position } from "../../../core/runs/checkpoint_state.ts";
import {
  advance,
  endEpoch,
  meanLosses,
  note,
  progressAt,
  skip,
  START,
} from "../../../core/train/position.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const all = { epochs: 9, stepsPerEpoch: 2 };

/** What a schedule sees of the epochs so far. */
const historyOf = (position: Position): unknown => progressAt(position, all).history;

/** Two steps with these sums of D's losses, then the end of the epoch. */
function epochOf(position: Position, ...losses: number[]): Position {
  return endEpoch(
    losses.reduce((at, discriminator) => advance(at, { discriminator }, 1), position),
  );
}

describe("where a training stands", () => {
  it("means each loss over the steps that have it, whatever was skipped", () => {
    let position = advance(START, { discriminator: 4 }, 1);
    position = advance(skip(position), { discriminator: 2, generator: 9 }, 1);
    assertEquals(meanLosses(position), { discriminator: 3, generator: 9 });
    assertEquals([position.step, position.stepInEpoch], [3, 3]);
  });

  it("keeps what each finished epoch gave, its losses and what was recorded at its end", () => {
    let position = note(epochOf(START, 1, 3), { psnr: 20 });
    position = epochOf(position, 5, 7);
    assertEquals(historyOf(position), [{ discriminator: 2, psnr: 20 }, { discriminator: 6 }]);
    assertEquals(historyOf(note(position, { psnr: 21, mae: 3 })), [
      { discriminator: 2, psnr: 20 },
      { discriminator: 6, psnr: 21, mae: 3 },
    ]);
  });

  it("tells what is recorded within an epoch when that is finished, so that no rate jumps in it", () => {
    const first = epochOf(START, 1, 1);
    const within = note(advance(first, { discriminator: 8 }, 1), { psnr: 30 });
    assertEquals(historyOf(within), [{ discriminator: 1 }]);
    assertEquals(historyOf(endEpoch(within)), [
      { discriminator: 1 },
      { psnr: 30, discriminator: 8 },
    ]);
  });

  it("keeps no number that JSON could not, and none from before the first epoch", () => {
    assertEquals(historyOf(note(START, { psnr: 1 })), []);
    assertEquals(historyOf(note(epochOf(START, 2), { psnr: Infinity, mae: NaN })), [
      { discriminator: 2 },
    ]);
  });

  it("is read from a checkpoint of an earlier version, which counted skipped steps alone", () =>
    inTemporaryFolder(async (folder) => {
      const checkpoint = join(folder, "step-00000005");
      await Deno.mkdir(checkpoint);
      const state = {
        format: 1,
        epoch: 0,
        step: 5,
        stepInEpoch: 5,
        lossSums: { generator: 12 },
        skippedInEpoch: 1,
        secondsInEpoch: 5,
        callbacks: {},
        keep: [],
        stopped: null,
        files: {},
      };
      await Deno.writeTextFile(join(checkpoint, "state.json"), JSON.stringify(state));
      const { lossSteps, history } = (await openCheckpoint(checkpoint)).state;
      assertEquals([lossSteps, history], [{ generator: 4 }, []]);
    }));
});
