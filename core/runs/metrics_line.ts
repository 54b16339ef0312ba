/** One line of metrics.jsonl, and which of many are whole. */
import { z } from "zod";
import { INFERENCE_MODES } from "../model/inference_modes.ts";

/** JSON has no NaN: it is null in the file. */
const Numbers = z.record(z.string(), z.union([z.number(), z.null().transform(() => NaN)]));
const Moment = { epoch: z.int().nonnegative(), step: z.int().nonnegative() };

const Line = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("step"),
    ...Moment,
    losses: Numbers,
    /** Learning rates. Missing in logs of before. */
    rates: z.object({ generator: z.number(), discriminator: z.number() }).optional(),
    milliseconds: z.number(),
    pairs: z.array(z.string()).readonly(),
  }),
  z.object({
    kind: z.literal("epoch"),
    ...Moment,
    losses: Numbers,
    seconds: z.number(),
    /** Bytes that the process held. Earlier versions did not say. */
    memory: z.number().optional(),
  }),
  /** Recorded by a callback; here `epoch` counts finished ones. */
  z.object({
    kind: z.literal("metrics"),
    ...Moment,
    values: Numbers,
    /** How the pictures were predicted that the numbers are of. */
    mode: z.enum(INFERENCE_MODES).optional(),
  }),
  /** A finding of the health callback, when it begins and, with `over`, when it ends. */
  z.object({
    kind: z.literal("health"),
    ...Moment,
    rule: z.string(),
    sentence: z.string(),
    value: z.number(),
    threshold: z.number(),
    source: z.string(),
    advice: z.string(),
    change: z.string(),
    /** The step of the first measurement that showed it. */
    since: z.int().nonnegative(),
    over: z.boolean(),
  }),
]);

/** A line of metrics.jsonl. */
export type MetricsLine = Readonly<z.infer<typeof Line>>;

/** The result of {@link parseMetrics}. */
export interface ParsedMetrics {
  readonly lines: readonly { readonly line: MetricsLine; readonly text: string }[];
  /** Lines that are left out, and why, e.g. `line 3 (it cannot be read)`. */
  readonly faults: readonly string[];
}

/**
 * The lines of a log. A torn last line (a crash) is dropped without a fault; a line that cannot be
 * read, or that repeats a step or epoch, is one.
 */
export function parseMetrics(text: string): ParsedMetrics {
  const lines: { line: MetricsLine; text: string }[] = [];
  const faults: string[] = [];
  const seen = new Set<string>();
  const whole = text.slice(0, text.lastIndexOf("\n") + 1);
  for (const [index, row] of whole.split("\n").entries()) {
    if (row === "") continue;
    const line = parseLine(row);
    if (line === undefined) {
      faults.push(`line ${index + 1} (it cannot be read)`);
      continue;
    }
    const { kind, epoch, step } = line;
    // Callbacks may record several times in one moment.
    const about = kind === "metrics" || kind === "health"
      ? row
      : `${kind} ${kind === "step" ? step : epoch}`;
    if (seen.has(about)) {
      faults.push(`line ${index + 1} (a second one of its kind)`);
      continue;
    }
    seen.add(about);
    lines.push({ line, text: row });
  }
  return { lines, faults };
}

function parseLine(row: string): MetricsLine | undefined {
  try {
    return Line.safeParse(JSON.parse(row)).data;
  } catch {
    return undefined;
  }
}
