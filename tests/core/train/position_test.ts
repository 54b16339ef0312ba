import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
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

  it("keeps of each epoch what schedules watch, and nothing if they watch nothing", () => {
    const after = (watched: readonly string[]): Position => {
      const at = advance(START, { generator: 2, discriminator: 4 }, 1);
      return note(endEpoch(at, watched), { psnr: 20, mae: 3 }, watched);
    };
    assertEquals(historyOf(after(["psnr", "generator"])), [{ generator: 2, psnr: 20 }]);
    assertEquals(after([]).history, []);
  });
});
