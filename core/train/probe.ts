/** Measures what a step did to the weights, and how D judges its pictures. */
import * as tf from "@tensorflow/tfjs";
import type { Scalar, Tensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import type { LayerStatistics, StepStatistics } from "../interfaces/callbacks.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Mode } from "../interfaces/networks.ts";
import type { Pair } from "../interfaces/pictures.ts";
import { encodeInputs, encodeTargets } from "../model/colours.ts";
import { generate, type Networks, trainableVariables } from "../model/networks.ts";
import { stableName } from "../ops/optimizer_state.ts";
import { asNotFinite } from "../ops/require_finite.ts";
import { gradients, totalLoss, viewsOf } from "./objective.ts";

/** Pictures of a step. */
type Batch = { readonly input: Tensor4D; readonly target: Tensor4D };

/** A step under measurement. */
export interface Probe extends Disposable {
  /**
   * Measures the step that has been done since the probe was begun. Null if a gradient is not
   * finite: the next step will tell.
   */
  measure(pairs: readonly Pair[], step: number): Promise<StepStatistics | null>;
}

/**
 * Creates what begins a probe before a step.
 *
 * The gradients are taken anew, of the step's pictures and the weights after it, without dropout.
 * Training does not notice: the step itself, compiled or not, is the same with and without a probe,
 * and nothing of the networks changes here, moving statistics included.
 */
export function createProbes(
  networks: Networks,
  { losses, colours }: Pick<Wiring, "losses" | "colours">,
): () => Probe {
  const { generator, discriminator } = networks;
  const trained = ([["generator", generator], ["discriminator", discriminator]] as const)
    .flatMap(([network, model]) =>
      model !== undefined && Object.values(losses).some((loss) => loss[network] !== undefined)
        ? [[network, trainableVariables(model)] as const]
        : []
    );
  const boundary = Object.values(losses).find((loss) => loss.boundary !== undefined)?.boundary;
  /** By layer, the sum of squares of each unit's weights at the last measurement: it tells a change. */
  const known = new Map<string, number[]>();

  return () => {
    const before = trained.map(([, variables]) =>
      // A clone is a reference until the step writes.
      variables.filter(isKernel).map((variable) => tf.keep(variable.clone()))
    );

    /** Gradients of both networks' losses, as in a step, and how often D is right. */
    const judge = (
      batch: Batch,
      mode: Mode,
      kept: Tensor[],
    ): { readonly found: Tensor[][]; readonly shares: Tensor | undefined } => {
      let fake: Tensor4D | undefined;
      let shares: Tensor | undefined;
      const keep = <T extends Tensor>(tensor: T): T => {
        kept.push(tf.keep(tensor));
        return tensor;
      };
      const found = trained.map(([network, variables]) => {
        const report: Record<string, Scalar> = {};
        const gradient = gradients({ network, variables, kept, report }, () => {
          // G runs in its own gradient; D judges what it made there.
          const shown = network === "discriminator" ? fake : undefined;
          fake = shown ?? keep(generate(generator, batch.input, mode));
          const pictures = { ...batch, fake };
          const views = viewsOf(pictures, pictures, networks, mode);
          const loss = totalLoss(network, views, losses, report);
          if (network === "discriminator" && boundary !== undefined) {
            const { realLogits, fakeLogits } = views;
            shares = keep(tf.stack([shareAbove(realLogits), shareAbove(fakeLogits)]));
          }
          return loss;
        });
        kept.push(...Object.values(report));
        return gradient;
      });
      return { found, shares };
    };

    const layerOf = async (
      name: string,
      variable: Variable,
      gradient: Tensor,
      old: Tensor,
    ): Promise<LayerStatistics> => {
      // Few passes over the weights: they take longer than the gradients of a small picture.
      const sums = tf.tidy(() => {
        const axes = [...variable.shape.keys()].slice(0, -1);
        const ofUnits = (squares: Tensor): Tensor => tf.sum(squares, axes);
        return tf.stack([
          ofUnits(tf.square(gradient)),
          ofUnits(tf.square(variable)),
          ofUnits(tf.squaredDifference(variable, old)),
        ]);
      });
      const [gradients, weights, updates] = await sums.array() as number[][];
      sums.dispose();
      const before = known.get(name);
      known.set(name, weights!);
      // A picture excites few units of a small map; one that has not moved either had no gradient for long.
      const silent = gradients!.map((sum, unit) =>
        sum === 0 && (before === undefined || before[unit] === weights![unit])
      );
      return {
        name,
        gradient: Math.sqrt(sumOf(gradients!) / variable.size),
        update: Math.sqrt(sumOf(updates!)) / Math.max(Math.sqrt(sumOf(weights!)), 1e-12),
        silent,
      };
    };

    return {
      measure: async (pairs, step) => {
        const kept: Tensor[] = [];
        const batch = {
          input: encodeInputs(pairs.map(({ input }) => input), colours),
          target: encodeTargets(pairs.map(({ target }) => target), colours),
        };
        const stepTensor = tf.scalar(step, "int32");
        const mode: Mode = {
          training: true,
          dropout: false,
          updateStatistics: false,
          step: stepTensor,
        };
        try {
          const { found, shares } = tf.tidy(() => judge(batch, mode, kept));
          const layers: LayerStatistics[] = [];
          for (const [at, [network, variables]] of trained.entries()) {
            const kernels = variables.map((variable, place) =>
              [variable, found[at]![place]!] as const
            )
              .filter(([variable]) => isKernel(variable));
            for (const [place, [variable, gradient]] of kernels.entries()) {
              const name = `${network}/${stableName(variable).replace(/\/[^/]*$/, "")}`;
              layers.push(await layerOf(name, variable, gradient, before[at]![place]!));
            }
          }
          const [real, fake] = await shares?.data() ?? [];
          return {
            layers,
            ...real !== undefined && fake !== undefined && { accuracy: { real, fake: 1 - fake } },
          };
        } catch (error) {
          if (asNotFinite(error) !== undefined) return null;
          throw error;
        } finally {
          tf.dispose([kept, batch, stepTensor]);
        }
      },
      [Symbol.dispose]: () => tf.dispose(before),
    };
  };

  /** The share of logits beyond the boundary: the mean over the scales. */
  function shareAbove(scales: readonly Tensor4D[]): Scalar {
    const above = scales.map((logits) =>
      tf.mean(tf.cast(tf.greater(logits, boundary ?? 0), "float32"))
    );
    return tf.mean(tf.stack(above));
  }
}

/** Weights that are shared by places or connect units; biases, scales and offsets are not. */
function isKernel({ shape }: Variable): boolean {
  return shape.length >= 2;
}

function sumOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0);
}
