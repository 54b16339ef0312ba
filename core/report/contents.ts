/** What a report is: all that was read of runs, or of a sweep. */
import type { ReportedAblation } from "./ablation.ts";
import type { RunEvaluation } from "./evaluation.ts";
import type { ReportedRun } from "./run.ts";
import type { RunSamples } from "./samples.ts";

/** What a page shows. */
export interface Report {
  readonly ablation: ReportedAblation | null;
  readonly runs: readonly ReportedRun[];
  readonly samples: readonly RunSamples[];
  readonly evaluations: readonly RunEvaluation[];
  /** What must be known before figures are compared. */
  readonly warnings: readonly string[];
  readonly made: Date;
}
