/** Evaluations of a run: figures, and panels of the best and worst pictures. */
import { join } from "@std/path";
import { z } from "zod";
import { messageOf } from "../base/errors.ts";
import { entriesIn } from "../base/files.ts";
import { type DifferenceJson, type EstimateJson, MetricJson } from "../evaluate/summary.ts";
import { INFERENCE_MODES } from "../model/inference_modes.ts";
import { type Budget, type EmbeddedPicture, embedFile } from "./embed.ts";
import type { ReportedRun } from "./run.ts";

const Subject = z.object({
  checkpoint: z.object({ name: z.string() }),
  /** Missing in evaluations of earlier versions. */
  weights: z.enum(["averaged", "trained"]).optional(),
});

const Evaluation = z.object({
  split: z.string(),
  names: z.array(z.string()),
  modes: z.array(z.enum(INFERENCE_MODES)),
  run: Subject,
  against: Subject.extend({ folder: z.string() }).nullable(),
  engine: z.object({ name: z.string(), version: z.string() }),
  commit: z.string().nullable(),
  intervals: z.string(),
  warnings: z.array(z.string()),
  metrics: z.array(MetricJson),
});

/** The part of evaluation.json that a report shows. */
export type EvaluationFigures = z.infer<typeof Evaluation>;

/** A mean and its interval. */
export type FigureEstimate = z.infer<typeof EstimateJson>;

/** A difference and its interval. */
export type FigureDifference = z.infer<typeof DifferenceJson>;

/** A panel of an evaluation. */
export interface EvaluationPanel {
  /** Its file's name without the extension. */
  readonly name: string;
  readonly picture: EmbeddedPicture;
}

/** One evaluation of a run. */
export interface RunEvaluation {
  readonly run: ReportedRun;
  /** Its folder's name: `epoch-0003-test`. */
  readonly name: string;
  readonly figures: EvaluationFigures;
  readonly best: readonly EvaluationPanel[];
  readonly worst: readonly EvaluationPanel[];
}

/** Width of a panel of three or more pictures, pixels. */
const PANEL_WIDTH = 1200;

/** The most panels of a group. */
const MOST_PANELS = 3;

/**
 * All evaluations of some runs, by checkpoint and split.
 *
 * @returns The evaluations, and why others could not be read.
 */
export async function readEvaluations(
  runs: readonly ReportedRun[],
  budget: Budget,
): Promise<{ evaluations: RunEvaluation[]; faults: string[] }> {
  const evaluations: RunEvaluation[] = [];
  const faults: string[] = [];
  for (const run of runs) {
    const parent = join(run.folder, "evaluation");
    for (const name of await namesIn(parent)) {
      const folder = join(parent, name);
      try {
        const text = await Deno.readTextFile(join(folder, "evaluation.json"));
        const figures = Evaluation.parse(JSON.parse(text));
        const best = await panelsOf(join(folder, "best"), budget);
        const worst = await panelsOf(join(folder, "worst"), budget);
        evaluations.push({ run, name, figures, best, worst });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound || error instanceof Deno.errors.NotADirectory) {
          continue;
        }
        faults.push(`The evaluation "${name}" of ${run.label} is left out: ${messageOf(error)}`);
      }
    }
  }
  return { evaluations, faults };
}

async function panelsOf(folder: string, budget: Budget): Promise<EvaluationPanel[]> {
  const panels: EvaluationPanel[] = [];
  const pictures = (await namesIn(folder)).filter((name) => name.endsWith(".png"));
  for (const name of pictures.slice(0, MOST_PANELS)) {
    if (budget.left <= 0) break;
    const picture = await embedFile(join(folder, name), { widest: PANEL_WIDTH, budget });
    if (picture !== null) panels.push({ name: name.slice(0, -".png".length), picture });
  }
  return panels;
}

/** Sorted names, without those being written. */
async function namesIn(folder: string): Promise<string[]> {
  const names = (await entriesIn(folder)).map(({ name }) => name);
  return names.filter((name) => !name.startsWith(".")).sort();
}
