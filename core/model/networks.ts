/** The two networks as a training holds them: built, applied, their variables by name. */
import type { LayersModel, SymbolicTensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import { networkShape } from "./colours.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Mode, TaskShape } from "../interfaces/networks.ts";
import type { Judgement } from "../interfaces/objectives.ts";
import type { ImageShape } from "../interfaces/pictures.ts";
import { deriveKey } from "../random/stream.ts";
import { describeShape } from "../pictures/shape.ts";

/** G, and D where the experiment has one. */
export interface Networks {
  readonly generator: LayersModel;
  readonly discriminator?: LayersModel;
  /** A second generator, built as the first, where the experiment asks for an average of G. */
  readonly averaged?: LayersModel;
}

/**
 * Builds both networks with their initial weights, each from a seed of its own.
 *
 * @param pictures The shape of the pictures, of which the networks may see something else.
 */
export function buildNetworks(wiring: Wiring, pictures: TaskShape, seed: number): Networks {
  const shape = networkShape(pictures, wiring.colours);
  const seedOf = (network: string): number => deriveKey(seed, [network])[0] >>> 1;
  const buildGenerator = (): LayersModel =>
    build("generator", () => wiring.generator(shape, seedOf("generator")));
  const { discriminator, average } = wiring;
  // In this order, which names the layers that have no name of their own.
  return {
    generator: buildGenerator(),
    ...discriminator !== undefined && {
      discriminator: build(
        "discriminator",
        () => discriminator(shape, seedOf("discriminator")),
      ),
    },
    ...average !== undefined && { averaged: buildGenerator() },
  };
}

function build(network: string, make: () => LayersModel): LayersModel {
  try {
    return make();
  } catch (error) {
    if (error instanceof PairlabError) throw error;
    throw new PairlabError(`Cannot build the ${network}: ${messageOf(error)}`, { cause: error });
  }
}

/** G(input), `[batch, height, width, channels]` in -1…1. */
export function generate(generator: LayersModel, input: Tensor4D, mode: Mode): Tensor4D {
  return asList(generator.apply(input, { ...mode }))[0]!;
}

/** What D says of a picture, given the input unless D is unconditional. */
export function discriminate(
  discriminator: LayersModel,
  input: Tensor4D,
  picture: Tensor4D,
  mode: Mode,
): Judgement {
  const conditional = discriminator.inputs.length === 2;
  const outputs = asList(
    discriminator.apply(conditional ? [input, picture] : picture, { ...mode }),
  );
  const isLogits = logitOutputs(discriminator);
  return {
    logits: outputs.filter((_, index) => isLogits[index]),
    features: outputs.filter((_, index) => !isLogits[index]),
  };
}

/** Which outputs of D are logits: those whose layer says so, or all if none does. */
function logitOutputs({ outputNames }: LayersModel): boolean[] {
  const named = outputNames.map((name) => name.includes("logits"));
  return named.includes(true) ? named : named.map(() => true);
}

function asList(output: ReturnType<LayersModel["apply"]>): Tensor4D[] {
  // Concrete inputs give concrete outputs; the networks' shapes were checked when they were built.
  return (Array.isArray(output) ? output : [output]) as Tensor4D[];
}

/** The variables that gradients change, in the order of the layers. */
export function trainableVariables(model: LayersModel): Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as Variable);
}

/**
 * All variables of a network, moving statistics included, by a name that is the same in every run
 * and process: `down1_convolution/kernel`.
 *
 * @throws {PairlabError} If two weights have one name.
 */
export function namedVariables(model: LayersModel): Map<string, Variable> {
  const named = new Map<string, Variable>();
  for (const weight of model.weights) {
    const name = weight.originalName;
    if (named.has(name)) {
      throw new PairlabError(
        `Cannot tell the weights of "${model.name}" apart: two are named "${name}", a name for each layer would work`,
      );
    }
    named.set(name, weight.read() as Variable);
  }
  return named;
}

/** How many numbers gradients change. */
export function countParameters(model: LayersModel): number {
  return model.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a! * b!, 1)!,
    0,
  );
}

/**
 * Checks that the networks fit the task and each other.
 *
 * @throws {PairlabError} Naming the shape that was found and the one that would work.
 */
export function checkNetworks({ generator, discriminator }: Networks, shape: TaskShape): void {
  checkShape("the generator's input", generator.inputs, [shape.input]);
  checkShape("the generator's output", generator.outputs, [shape.target]);
  if (discriminator === undefined) return;
  checkShape(
    "the discriminator's input",
    discriminator.inputs,
    discriminator.inputs.length === 1 ? [shape.target] : [shape.input, shape.target],
  );
  for (const { shape: [, rows, columns] } of discriminator.outputs) {
    if (!(Number(rows) >= 1 && Number(columns) >= 1)) {
      throw new PairlabError(
        `Cannot train on ${
          describeShape(shape.target)
        }: the discriminator has no output left (${rows}x${columns}), a larger size or a smaller receptive field would work`,
      );
    }
  }
}

function checkShape(
  what: string,
  found: readonly SymbolicTensor[],
  expected: readonly ImageShape[],
): void {
  const describe = (shapes: readonly (readonly (number | null)[])[]): string =>
    shapes.map((shape) => `[${shape.map((extent) => extent ?? "any").join(", ")}]`).join(" and ");
  const wanted = expected.map(({ height, width, channels }) => [null, height, width, channels]);
  const fits = found.length === wanted.length &&
    wanted.every((extents, index) =>
      found[index]!.shape.length === 4 &&
      // A null is an extent that the network leaves open: anything fits.
      extents.every((extent, axis) => {
        const actual = found[index]!.shape[axis];
        return axis === 0 || actual === null || actual === extent;
      })
    );
  if (!fits) {
    throw new PairlabError(
      `Cannot use this network: ${what} has the shape ${
        describe(found.map(({ shape }) => shape))
      }, ${describe(wanted)} would work`,
    );
  }
}
