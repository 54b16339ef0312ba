/**
 * The suite for schedules, your own included:
 *
 *     conformsAsSchedule("cosine", () => cosine());
 *
 * in a test file runs it.
 */
import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import type { Progress, Schedule } from "../../core/plugin.ts";

/** Runs the suite for what `makeSchedule` makes. */
export function conformsAsSchedule(name: string, makeSchedule: () => Schedule): void {
  describe(`${name} as a schedule`, () => {
    for (const epochs of [1, 2, 200]) {
      it(`has a rate, never below 0, in every step of ${epochs} epochs`, () => {
        const schedule = makeSchedule();
        for (const progress of training(epochs, schedule)) {
          const rate = schedule(progress);
          const where = `epoch ${progress.epoch + 1}, step ${progress.step + 1}`;
          assert(Number.isFinite(rate) && rate >= 0, `its rate is ${rate} in ${where}`);
        }
      });
    }

    it("learns in the first step", () => {
      const schedule = makeSchedule();
      const [first] = training(3, schedule);
      assert(schedule(first!) > 0, "its rate is 0 in the first step, which would be lost");
    });

    it("depends on progress alone, so that a resumed run goes on", () => {
      const hint = "asked in another order it gives other rates: it must remember nothing";
      const schedule = makeSchedule();
      const steps = training(4, schedule);
      const forth = steps.map(schedule);
      assertEquals([...steps].reverse().map(schedule).reverse(), forth, hint);
      assertEquals(steps.map(makeSchedule()), forth, hint);
    });
  });
}

/** Every step of so many epochs of seven steps, none of which is better than the one before. */
function training(epochs: number, { watches = "generator" }: Schedule): Progress[] {
  return Array.from({ length: 7 * epochs }, (_, step) => ({
    epoch: Math.floor(step / 7),
    epochs,
    step,
    stepsPerEpoch: 7,
    history: Array(Math.floor(step / 7)).fill({ generator: 1, discriminator: 1, [watches]: 1 }),
  }));
}
