/** Samples of a run by epoch, from its `samples/`. */
import { join } from "@std/path";
import { decodePicture } from "../pictures/decode.ts";
import { listSamples } from "../pictures/epochs.ts";
import { cutPanel } from "../pictures/cut_panel.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { type Budget, type EmbeddedPicture, embedFile, embedPicture } from "./embed.ts";
import type { ReportedRun } from "./run.ts";

/** One test picture of a run. */
export interface Sample {
  /** Which test picture, from 0 on. */
  readonly index: number;
  /** Null where the panel is missing or another than `samples()` draws. */
  readonly input: EmbeddedPicture | null;
  readonly target: EmbeddedPicture | null;
  /** By epoch, ascending. */
  readonly predictions: readonly { readonly epoch: number; readonly picture: EmbeddedPicture }[];
}

/** The samples of a run. */
export interface RunSamples {
  readonly run: ReportedRun;
  readonly samples: readonly Sample[];
}

/** The most test pictures, epochs, and pixels of width. */
const MOST = { pictures: 5, epochs: 24, width: 256 } as const;

/** Reads the samples of some runs, as many epochs as the budget allows, evenly spread. */
export async function readSamples(
  runs: readonly ReportedRun[],
  budget: Budget,
): Promise<RunSamples[]> {
  const found: RunSamples[] = [];
  for (const [index, run] of runs.entries()) {
    // What is left is shared by this run and those after it.
    const own: Budget = { left: budget.left / (runs.length - index) };
    const before = own.left;
    const samples = await samplesOf(run, own);
    budget.left -= before - own.left;
    if (samples.length > 0) found.push({ run, samples });
  }
  return found;
}

async function samplesOf(run: ReportedRun, budget: Budget): Promise<Sample[]> {
  const folder = join(run.folder, "samples");
  const available = await listSamples(folder);
  const indices = [...new Set(available.map(({ index }) => index))].sort((a, b) => a - b)
    .slice(0, MOST.pictures);
  const epochs = [...new Set(available.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const options = { widest: MOST.width, budget };
  const predictions = new Map<number, { epoch: number; picture: EmbeddedPicture }[]>();
  for (const epoch of spread(epochs).slice(0, MOST.epochs)) {
    if (budget.left <= 0) break;
    for (const index of indices) {
      const picture = await embedFile(join(folder, `${index}_${epoch}.jpg`), options);
      const row = predictions.get(index) ?? [];
      predictions.set(index, row);
      if (picture !== null) row.push({ epoch, picture });
    }
  }
  const samples: Sample[] = [];
  for (const [index, row] of predictions) {
    const shown = row.sort((a, b) => a.epoch - b.epoch);
    const last = shown.at(-1)?.epoch;
    if (last === undefined) continue;
    const sides = await sidesOf(join(folder, `${index}_${last}`));
    samples.push({
      index,
      input: sides && await embedPicture(sides.input, options),
      target: sides && await embedPicture(sides.target, options),
      predictions: shown,
    });
  }
  return samples;
}

/** The last epoch, the first, then the middles of the largest gaps. */
export function spread(epochs: readonly number[]): number[] {
  const order = [...new Set([epochs.length - 1, 0])];
  for (let parts = 2; order.length < epochs.length; parts *= 2) {
    for (let part = 1; part < parts; part++) {
      const place = Math.round(part * (epochs.length - 1) / parts);
      if (!order.includes(place)) order.push(place);
    }
  }
  return order.flatMap((place) => epochs[place] ?? []);
}

/** Input and target, cut from the panel beside a prediction; null of another kind of panel. */
async function sidesOf(path: string): Promise<{ input: Picture; target: Picture } | null> {
  try {
    const prediction = await decodePicture(`${path}.jpg`);
    return cutPanel(await decodePicture(`${path}.png`), prediction);
  } catch {
    return null;
  }
}
