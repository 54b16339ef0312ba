import type { Callback } from "../../../mod.ts";

/** Options of {@link myCallback}. */
export interface MyCallbackOptions {
  /** The loss that is watched, e.g. `generator` or `generator.l1`. @default "generator" */
  readonly loss?: string;
}

/**
 * Says after which epoch a loss has been lower than ever before in the run.
 */
export function myCallback(
  { loss = "generator" }: MyCallbackOptions = {},
): Callback {
  let lowest: number | null = null;
  return {
    name: "myCallback",
    // What it remembers goes into every checkpoint, as JSON, and comes back when a run is resumed.
    state: () => lowest,
    restore: (state) => {
      lowest = typeof state === "number" ? state : null;
    },
    onEpochEnd: (run, { epoch, losses }) => {
      const mean = losses[loss];
      if (mean === undefined || !Number.isFinite(mean)) return;
      if (lowest !== null && mean >= lowest) return;
      lowest = mean;
      run.say(`The lowest ${loss} so far, after epoch ${epoch}: ${mean.toPrecision(4)}`);
    },
  };
}
