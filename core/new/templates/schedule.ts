import type { Schedule } from "../../../mod.ts";

/** Options of {@link mySchedule}. */
export interface MyScheduleOptions {
  /** Learning rate of the first epoch. @default 2e-4 */
  readonly rate?: number;
  /** What the rate is multiplied by after each epoch, above 0 to 1. @default 0.98 */
  readonly factor?: number;
}

/**
 * A rate that falls by the same share after each epoch: rate * factor ** epoch.
 *
 * @throws {RangeError} If the factor is not above 0 and at most 1.
 */
export function mySchedule(
  { rate = 2e-4, factor = 0.98 }: MyScheduleOptions = {},
): Schedule {
  if (!(factor > 0 && factor <= 1)) {
    throw new RangeError(
      `Cannot lower the rate by a factor of ${factor}. Use a number above 0, up to 1, e.g. 0.98.`,
    );
  }
  // A function of progress alone: a resumed run has the same rates.
  return ({ epoch }) => rate * factor ** epoch;
}
