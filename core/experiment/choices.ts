/** What a training is chosen by: which numbers, and of which pictures they are. */
import { keepValidation } from "../data/validation.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Optimizer } from "../interfaces/objectives.ts";
import type { OpenedData } from "../interfaces/pictures.ts";
import { optimizersOf } from "../model/optimizers.ts";

/** A choice that a training makes by predictions of pictures. */
export interface SplitChoice {
  /** A callback's name, or `learning rate`. */
  readonly by: string;
  /** E.g. `psnr`. */
  readonly value: string;
  readonly split: "validation" | "test";
}

/**
 * The data as a new training uses them: some training pairs are kept for validation where a callback
 * judges by such pairs and the data have none.
 *
 * @throws {PairlabError} If there are too few.
 */
export function dataFor({ callbacks = [] }: Wiring, data: OpenedData): OpenedData {
  const asked = callbacks.some(({ split }) => split === "validation");
  return asked && data.validation === undefined ? keepValidation(data) : data;
}

/**
 * The choices that callbacks and schedules make by what other callbacks measure.
 *
 * @param hasValidation False where no pairs were kept, so that callbacks judge by the test pictures.
 */
export function choicesOf(wiring: Wiring, hasValidation = true): SplitChoice[] {
  const { callbacks = [] } = wiring;
  const { generator, discriminator } = optimizersOf(wiring);
  const watched = [generator, discriminator].flatMap(watchedBy).map((value) => ({
    ...{ by: "learning rate", value },
  }));
  const chosen = callbacks.flatMap(({ name, chooses }) =>
    chooses === undefined ? [] : [{ by: name, value: chooses }]
  );
  const choices = [...chosen, ...watched].flatMap(({ by, value }) => {
    const splits = callbacks.flatMap(({ records, split = [] }) =>
      records?.includes(value) ? split : []
    );
    if (splits.length === 0) return [];
    // A value that is recorded of both is chosen by both.
    const byTest = !hasValidation || splits.includes("test");
    return [{ by, value, split: byTest ? "test" as const : "validation" as const }];
  });
  // Both networks may have the same schedule.
  return choices.filter(({ by, value }, index) =>
    choices.findIndex((other) => other.by === by && other.value === value) === index
  );
}

function watchedBy({ rate }: Optimizer): string[] {
  return typeof rate === "number" || rate.watches === undefined ? [] : [rate.watches];
}

/** The choices that were made by test pictures, in words; null if there are none. */
export function describeTestChoices(choices: readonly SplitChoice[] = []): string | null {
  const made = choices.filter(({ split }) => split === "test").map(({ by, value }) =>
    by.includes(value) ? by : `${by} by ${value}`
  );
  if (made.length === 0) return null;
  return `chosen by test pictures (${made.join(", ")}), so that figures on them are biased`;
}
