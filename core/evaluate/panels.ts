/** Panels of the best and worst pictures. */
import { join } from "@std/path";
import { decodePicture } from "../pictures/decode.ts";
import { writePicture } from "../pictures/encode.ts";
import { composePanel, type PanelColumn } from "../pictures/panel.ts";
import type { InferenceMode } from "../interfaces/networks.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { scoreOf } from "./better.ts";
import { describeRun, formatNumber } from "./figures.ts";
import type { EvaluationReport } from "./report.ts";
import type { Estimate, MetricSummary } from "./summary.ts";

/** The pictures, best first, by the first metric of single pictures in the first mode. */
export function rankPictures(
  { metrics, modes, names }: EvaluationReport,
): { readonly order: readonly number[]; readonly metric: MetricSummary } | null {
  const [mode] = modes;
  const metric = metrics.find(({ of }) => of === "pictures");
  const values = mode && metric?.modes[mode]?.values;
  if (metric === undefined || !values) return null;
  const score = (index: number): number => scoreOf(values[index]!, metric.better);
  // The difference of equal infinities is NaN.
  const order = [...names.keys()].sort((a, b) => score(a) === score(b) ? 0 : score(b) - score(a));
  return { order, metric };
}

/** Options of {@link writePanels}. */
export interface PanelOptions {
  /** How many of each group. */
  readonly show: number;
  /** File names by picture, without extension. */
  readonly stems: readonly string[];
  readonly pathOf: (index: number, side: string) => string;
}

/**
 * Writes the best and worst pictures, each as a panel of input, ground truth and predictions with
 * their values: `best/1_rose.png`, `worst/1_tulip.png`.
 */
export async function writePanels(
  folder: string,
  report: EvaluationReport,
  { show, stems, pathOf }: PanelOptions,
): Promise<void> {
  const ranking = rankPictures(report);
  if (ranking === null) return;
  const { order, metric } = ranking;
  const groups = { best: order.slice(0, show), worst: order.toReversed().slice(0, show) };
  const valuesOf = (side: string): Estimate["values"] =>
    (side === "input" ? metric.identity : metric.modes[side as InferenceMode])?.values ?? null;
  for (const [group, indices] of Object.entries(groups)) {
    await Deno.mkdir(join(folder, group), { recursive: true });
    for (const [rank, index] of indices.entries()) {
      const columns: PanelColumn[] = [];
      for (const side of ["input", "target", ...report.modes]) {
        const picture = await readIfThere(pathOf(index, side));
        if (picture === null) continue;
        const value = valuesOf(side)?.[index];
        const words = TITLES[side] ?? side;
        const unit = metric.unit === null ? "" : ` ${metric.unit}`;
        const title = value === undefined
          ? words
          : `${words}: ${metric.name} ${formatNumber(value, 2)}${unit}`;
        columns.push({ title, picture });
      }
      if (columns.length === 0) continue;
      const path = join(folder, group, `${rank + 1}_${stems[index]}.png`);
      await writePicture(path, await composePanel(columns), {
        description: `${report.names[index]}. ${describeRun("Run", report.run)}`,
      });
    }
  }
}

const TITLES: Readonly<Record<string, string>> = { input: "Input", target: "Ground Truth" };

async function readIfThere(path: string): Promise<Picture | null> {
  try {
    await Deno.stat(path);
  } catch {
    return null;
  }
  return await decodePicture(path);
}
