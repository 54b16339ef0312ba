/** The experiments that come with Pairlab, small enough to take steps in a test. */
import { join } from "@std/path";
import type { Experiment } from "../../core/experiment/experiment.ts";
import { writePicture } from "../../core/pictures/encode.ts";
import {
  type ExperimentModule,
  loadExperiment,
  planExperiment,
} from "../../core/experiment/plan.ts";
import { recordPath } from "../../core/runs/run_folder.ts";
import { createTraining, type Training } from "../../core/train/training.ts";
import { vary } from "../../core/experiment/vary.ts";
import { syntheticFlowers } from "../../plugins/data/synthetic_flowers.ts";
import { unet } from "../../plugins/generators/unet.ts";

/** What is known of an experiment at its own size, and how it is made small. */
export interface Expected {
  /** Where its pictures lie in the folder that the test makes. */
  readonly dataset: "pairs" | "photographs" | "side";
  /** Parameters of G, millions; of D's patches, pixels. */
  readonly generator: number;
  readonly field: number;
  readonly size?: number;
  /** Besides the size, 64x64. */
  readonly small?: Readonly<Record<string, string>>;
  /** Width and height then. */
  readonly smallSize?: readonly [width: number, height: number];
  /** A narrower G takes the place of the paper's, which takes long, or cannot be had for 64x64. */
  readonly narrow?: true;
}

/** The experiments by their names. */
export const EXPECTED: Readonly<Record<string, Expected>> = {
  colourisation: { dataset: "photographs", generator: 54.41, field: 70, narrow: true },
  edges_to_photographs: { dataset: "photographs", generator: 54.41, field: 70, narrow: true },
  facades: {
    dataset: "side",
    generator: 54.41,
    field: 70,
    small: { aspect: "2" },
    smallSize: [128, 64],
    narrow: true,
  },
  flowers_attention: { dataset: "pairs", generator: 8.81, field: 70, narrow: true },
  flowers_deblur: { dataset: "pairs", generator: 54.41, field: 70, narrow: true },
  flowers_nafnet: { dataset: "pairs", generator: 1.73, field: 0 },
  flowers_notebook: { dataset: "pairs", generator: 54.42, field: 94, narrow: true },
  flowers_resnet: { dataset: "pairs", generator: 11.37, field: 70 },
  photographs_blurred: { dataset: "photographs", generator: 54.41, field: 70, narrow: true },
  pix2pix_hd: {
    dataset: "pairs",
    generator: 182.68,
    // Of the whole picture's discriminator.
    field: 70,
    size: 512,
    small: { size: "96", width: "4", blocks: "1" },
    // The smallest of which a quarter can be judged.
    smallSize: [96, 96],
  },
  quickstart: { dataset: "pairs", generator: 1.04, field: 34, size: 64 },
  wgan_gp: { dataset: "pairs", generator: 54.41, field: 70, narrow: true },
};

const NARROW = unet({ filters: [8, 16, 32, 32, 32], dropout: 1 });

/** Three flowers in every layout that experiments look for. */
async function writePictures(root: string): Promise<void> {
  const { train } = await syntheticFlowers({ count: 4, size: 80 }).open();
  for (const path of ["pairs/input", "pairs/output", "photographs", "side"]) {
    await Deno.mkdir(join(root, path), { recursive: true });
  }
  for (const index of train.names.keys()) {
    const { input, target } = await train.load(index);
    await writePicture(join(root, "pairs", "input", `${index}.png`), input);
    await writePicture(join(root, "pairs", "output", `${index}.png`), target);
    // One picture, whose halves may be anything here.
    for (const path of ["photographs", "side"]) {
      await writePicture(join(root, path, `${index}.png`), target);
    }
  }
}

/** The experiment as it is made small, and its parameters as texts. */
function shrink(module: ExperimentModule, root: string): [Experiment, Record<string, string>] {
  const { dataset, small, narrow } = EXPECTED[module.name]!;
  const given = { dataset: join(root, dataset), size: "64", batch: "1", ...small };
  return [narrow ? vary(module.experiment, { generator: NARROW }) : module.experiment, given];
}

/** Begins a training of an experiment made small, with pictures of its own, in an empty folder. */
export async function beginSmall(
  name: string,
  folder: string,
): Promise<{ readonly training: Training; readonly description: string }> {
  await writePictures(folder);
  await Deno.writeTextFile(recordPath(folder), "{}");
  const module = await loadExperiment(name);
  const [experiment, given] = shrink(module, folder);
  const { wiring, shape } = planExperiment({ ...module, experiment }, given);
  const { train, test, description } = await wiring.data.open();
  const once = { epochs: 1, batch: 1, seed: 23 };
  const parts = { experiment: name, folder, wiring, shape, train, test, ...once };
  return { training: await createTraining(parts), description };
}
