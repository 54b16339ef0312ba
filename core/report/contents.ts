/** The contents of a report. */
import type { ReportedAblation } from "./ablation.ts";
import type { RunEvaluation } from "./evaluation.ts";
import type { ReportedRun } from "./run.ts";
import type { RunSamples } from "./samples.ts";

/** Runs, or a sweep and its runs. */
export interface Report {
  readonly ablation: ReportedAblation | null;
  readonly runs: readonly ReportedRun[];
  readonly samples: readonly RunSamples[];
  readonly evaluations: readonly RunEvaluation[];
  /** Why figures may not compare. */
  readonly warnings: readonly string[];
  readonly made: Date;
}
