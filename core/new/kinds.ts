/** The kinds of plug-ins that `deno task new` writes. */
import { PairlabError } from "../base/errors.ts";
import { suggest } from "../base/nearest.ts";

/** A kind, described. */
export interface Kind {
  /** In words, after "a" or "an". */
  readonly words: string;
  /** The page about it: `docs/writing_….md`. */
  readonly guide: string;
  /** How it is used, `NAME` being its own: in an experiment, or on the command line. */
  readonly use: string;
}

/** By the word on the command line; the templates are named after these words. */
export const KINDS = {
  generator: { words: "a generator", guide: "generator", use: "generator: NAME()" },
  discriminator: {
    words: "a discriminator",
    guide: "discriminator",
    use: "discriminator: NAME()",
  },
  loss: { words: "a loss", guide: "loss", use: "losses: { NAME: NAME() }" },
  optimizer: { words: "an optimizer", guide: "optimizer", use: "optimizer: NAME()" },
  schedule: { words: "a schedule", guide: "optimizer", use: "optimizer: adam({ rate: NAME() })" },
  data: { words: "a data source", guide: "data", use: "data: NAME()" },
  augment: { words: "an augment", guide: "augment", use: "augment: NAME()" },
  degradation: {
    words: "a degradation",
    guide: "data",
    use: "data: degraded({ source: p.dataset, degrade: [NAME()] })",
  },
  metric: {
    words: "a metric",
    guide: "metric",
    use: "callbacks: [evaluateEvery(5, { metrics: [NAME()] })]",
  },
  callback: { words: "a callback", guide: "callback", use: "callbacks: [progress(), NAME()]" },
  launcher: {
    words: "a launcher",
    guide: "launcher",
    use: "deno task ablate losses --launcher=FILE",
  },
  experiment: { words: "an experiment", guide: "experiment", use: "deno task train FILE" },
  ablation: { words: "an ablation", guide: "experiment", use: "deno task ablate FILE" },
} as const satisfies Readonly<Record<string, Kind>>;

/** A kind by its word. */
export type KindName = keyof typeof KINDS;

/** All kinds, in the order in which they are listed. */
export const KIND_NAMES = Object.keys(KINDS) as KindName[];

/**
 * The kind that a word means.
 *
 * @throws {PairlabError} For another word, suggesting the nearest kind.
 *
 * @example
 * ```ts
 * import { kindOf } from "./kinds.ts";
 * import { assertEquals, assertThrows } from "@std/assert";
 *
 * assertEquals(kindOf("loss"), "loss");
 * assertThrows(() => kindOf("los"), Error, 'Did you mean "loss"?');
 * ```
 */
export function kindOf(word: string): KindName {
  const known = KIND_NAMES.find((name) => name === word);
  if (known !== undefined) return known;
  throw new PairlabError(
    `Cannot write a new "${word}": it is not a kind of plug-in. ${suggest(word, KIND_NAMES)}`,
  );
}
