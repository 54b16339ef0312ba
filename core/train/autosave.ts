import { PairlabError } from "../base/errors.ts";
import type { Callback } from "../interfaces/callbacks.ts";

/** An interval between saves, in steps or minutes. */
export type Interval = { readonly steps: number } | { readonly minutes: number };

/**
 * Parses an interval: `200` or `200s` are steps, `10m` are minutes.
 *
 * @throws {PairlabError} For anything else.
 *
 * @example
 * ```ts
 * import { parseInterval } from "./autosave.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(parseInterval("200"), { steps: 200 });
 * assertEquals(parseInterval("0.5m"), { minutes: 0.5 });
 * ```
 */
export function parseInterval(text: string): Interval {
  const match = /^(\d+(?:\.\d+)?)(s|m)?$/.exec(text);
  const amount = Number(match?.[1]);
  if (match !== null && amount > 0) {
    if (match[2] === "m") return { minutes: amount };
    if (Number.isInteger(amount)) return { steps: amount };
  }
  throw new PairlabError(
    `Cannot save every "${text}": it is not an interval. Use e.g. 200 (steps) or 10m (minutes)`,
  );
}

/** Saves within epochs, so that a crash costs no more than the interval. */
export function autosave(interval: Interval): Callback {
  let last = performance.now();
  const isDue = (step: number): boolean =>
    "steps" in interval
      ? step % interval.steps === 0
      : performance.now() - last >= interval.minutes * 60_000;
  return {
    name: "autosave",
    onTrainBegin: () => {
      last = performance.now();
    },
    onStepEnd: (run, { step }) => {
      if (!isDue(step)) return;
      run.save();
      last = performance.now();
    },
  };
}
