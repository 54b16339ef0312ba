/** An experiment as it is measured: at another size, in another order, with other networks. */
import { patchGan, unet } from "../../mod.ts";
import type { StepperOptions } from "./messages.ts";
import type { GivenParameters, ParameterValues } from "../../core/experiment/parameters.ts";
import { loadExperiment, type Plan, planExperiment } from "../../core/experiment/plan.ts";
import type { Wiring } from "../../core/plugin.ts";

/** What of an experiment can be replaced. */
export type BenchPlanOptions =
  & Pick<
    StepperOptions,
    "experiment" | "size" | "batch" | "order" | "receptiveField" | "width" | "dropout"
  >
  & { readonly dataset?: string | undefined };

/**
 * Loads an experiment, replaces what the options name by the paper's, and checks the whole.
 *
 * @throws {PairlabError} If there is no such experiment, or its parts do not fit.
 */
export async function planBench(options: BenchPlanOptions): Promise<Plan> {
  const module = await loadExperiment(options.experiment);
  const wire = (values: ParameterValues): Wiring =>
    rewire(module.experiment.wire(values), { ...options, size: values.size });
  return planExperiment(
    { ...module, experiment: { ...module.experiment, wire } },
    sizesGiven(options),
  );
}

/** Those of size, batch and data set that are not left to the experiment, as its parameters. */
export function sizesGiven(
  { size, batch, dataset }: Pick<BenchPlanOptions, "size" | "batch" | "dataset">,
): GivenParameters {
  return {
    ...size !== undefined && { size },
    ...batch !== undefined && { batch },
    ...dataset !== undefined && { dataset },
  };
}

/** The paper's U-Net; each entry halves the picture. */
const FILTERS = [64, 128, 256, 512, 512, 512, 512, 512];

/** Pictures of the size 128 can be halved seven times: the paper's code leaves one 512 out. */
function filtersFor(size: number, width: number): number[] {
  const halvings = Math.min(FILTERS.length, Math.log2(size & -size));
  return FILTERS.slice(0, halvings).map((filters) => Math.round(filters * width));
}

/** The experiment's parts, those replaced that are asked for. */
function rewire(
  wiring: Wiring,
  options: BenchPlanOptions & { readonly size: number },
): Wiring {
  const { size, order, receptiveField, width = 1, dropout = 3 } = options;
  const { discriminator } = wiring;
  const ownGenerator = options.width === undefined && options.dropout === undefined;
  const ownDiscriminator = options.width === undefined && receptiveField === undefined;
  return {
    ...wiring,
    ...order && { order },
    ...!ownGenerator && { generator: unet({ filters: filtersFor(size, width), dropout }) },
    ...!ownDiscriminator && discriminator && {
      discriminator: patchGan({
        receptiveField: receptiveField ?? 70,
        filters: Math.round(FILTERS[0]! * width),
      }),
    },
  };
}
