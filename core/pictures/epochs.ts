/** Samples of a run over its epochs: as an animation, and as a contact sheet. */
import { join } from "@std/path";
import { entriesIn } from "../base/files.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { type AnimationOptions, encodeAnimation } from "./animation.ts";
import { cutPanel } from "./cut_panel.ts";
import { decodePicture } from "./decode.ts";
import { composeSheet, type SheetCell } from "./sheet.ts";

/** What of the samples is drawn. */
export interface EpochsOptions extends AnimationOptions {
  /** Test pictures at the most, the first ones. @default 3 */
  readonly pictures?: number;
  /** Epochs at the most, evenly spread, the first and last among them. @default 60 */
  readonly epochs?: number;
  /** Pixels that a picture may be wide and high. @default 256 */
  readonly side?: number;
}

/** Epochs on a contact sheet. */
const ON_SHEET = 8;

/**
 * Draws the samples in `folder`, files as the `samples()` callback writes them: each frame of the
 * animation is an epoch, input, prediction and ground truth side by side; the contact sheet has a
 * row of epochs for each test picture. Null if there are no samples.
 */
export async function drawEpochs(
  folder: string,
  { pictures = 3, epochs: most = 60, side = 256, ...animation }: EpochsOptions = {},
): Promise<{ readonly animation: Uint8Array; readonly sheet: Picture } | null> {
  const files = await listSamples(folder);
  const indices = [...new Set(files.map(({ index }) => index))].sort((a, b) => a - b)
    .slice(0, pictures);
  const all = [...new Set(files.map(({ epoch }) => epoch))].sort((a, b) => a - b);
  const epochs = spread(all, most);
  if (indices.length === 0) return null;

  const frames: Picture[] = [];
  const predictions = new Map<string, Picture>();
  for (const epoch of epochs) {
    const cells: SheetCell[] = [];
    for (const index of indices) {
      const row = await readSample(folder, index, epoch);
      // Partly written or just removed: leave the epoch out.
      if (row === null) break;
      cells.push({ pictures: row.shown, caption: `epoch ${epoch}, picture ${index}` });
      predictions.set(`${index} ${epoch}`, row.prediction);
    }
    if (cells.length === indices.length) {
      frames.push(await composeSheet(cells, { columns: 1, side }));
    }
  }
  const [first] = frames;
  if (first === undefined) return null;
  const alike = frames.filter(({ width, height }) =>
    width === first.width && height === first.height
  );
  const onSheet = spread(epochs, ON_SHEET);
  const sheet = await composeSheet(
    indices.flatMap((index) =>
      onSheet.flatMap((epoch) => {
        const prediction = predictions.get(`${index} ${epoch}`);
        return prediction === undefined
          ? []
          : [{ pictures: [prediction], caption: `epoch ${epoch}` }];
      })
    ),
    { columns: onSheet.length, side: Math.min(side, 160) },
  );
  return { animation: await encodeAnimation(alike, animation), sheet };
}

/** The samples in a folder, `INDEX_EPOCH.jpg`. */
export async function listSamples(folder: string): Promise<{ index: number; epoch: number }[]> {
  return (await entriesIn(folder)).flatMap(({ name, isFile }) => {
    const match = /^(\d{1,9})_(\d{1,9})\.jpg$/.exec(name);
    return isFile && match ? [{ index: Number(match[1]), epoch: Number(match[2]) }] : [];
  });
}

/** Evenly spread ones, the first and last among them. */
function spread(epochs: readonly number[], most: number): number[] {
  if (epochs.length <= most) return [...epochs];
  const last = epochs.length - 1;
  return Array.from({ length: most }, (_, i) => epochs[Math.round(i * last / (most - 1))]!);
}

async function readSample(
  folder: string,
  index: number,
  epoch: number,
): Promise<{ prediction: Picture; shown: Picture[] } | null> {
  const path = join(folder, `${index}_${epoch}`);
  try {
    const prediction = await decodePicture(`${path}.jpg`);
    const sides = cutPanel(await decodePicture(`${path}.png`), prediction);
    const shown = sides === null ? [prediction] : [sides.input, prediction, sides.target];
    return { prediction, shown };
  } catch {
    return null;
  }
}
