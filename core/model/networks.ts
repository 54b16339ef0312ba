/** Generator and discriminator: building, applying and checking them, and naming their variables. */
import type { LayersModel, SymbolicTensor, Tensor4D, Variable } from "@tensorflow/tfjs";
import { networkShape } from "./colours.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import type { Wiring } from "../interfaces/experiment.ts";
import type { Mode, TaskShape } from "../interfaces/networks.ts";
import type { Judgement } from "../interfaces/objectives.ts";
import type { ImageShape } from "../interfaces/pictures.ts";
import { deriveKey } from "../random/stream.ts";
import { describeShape } from "../pictures/shape.ts";

/** The networks of a training. */
export interface Networks {
  readonly generator: LayersModel;
  /** Missing if no loss looks at one. */
  readonly discriminator?: LayersModel;
  /** A copy of G that holds its moving average, if the experiment asks for one. */
  readonly averaged?: LayersModel;
}

/**
 * Builds the networks with their initial weights, each from its own seed.
 *
 * @param pictures Shape of the pictures; `wiring.colours` decides what the networks see of them.
 */
export function buildNetworks(wiring: Wiring, pictures: TaskShape, seed: number): Networks {
  const shape = networkShape(pictures, wiring.colours);
  const seedOf = (network: string): number => deriveKey(seed, [network])[0] >>> 1;
  const buildGenerator = (): LayersModel =>
    build("generator", () => wiring.generator(shape, seedOf("generator")));
  const { discriminator, average } = wiring;
  // The order decides the names of unnamed layers.
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

/** D(input, picture), or D(picture) if D is unconditional. */
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
  const isLogits = logitOutputs(discriminator.outputNames);
  return {
    logits: outputs.filter((_, index) => isLogits[index]),
    features: outputs.filter((_, index) => !isLogits[index]),
  };
}

/**
 * Which outputs of D are logits: those of layers with `logits` in their names, or all if there are
 * none. The others are features.
 *
 * @example
 * ```ts
 * import { logitOutputs } from "./networks.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(logitOutputs(["block1_leaky_relu", "logits_convolution"]), [false, true]);
 * assertEquals(logitOutputs(["dense1", "dense2"]), [true, true]);
 * ```
 */
export function logitOutputs(outputNames: readonly string[]): boolean[] {
  const named = outputNames.map((name) => name.includes("logits"));
  return named.includes(true) ? named : named.map(() => true);
}

function asList(output: ReturnType<LayersModel["apply"]>): Tensor4D[] {
  // Concrete inputs give concrete outputs; checkNetworks() has checked their rank.
  return (Array.isArray(output) ? output : [output]) as Tensor4D[];
}

/** The variables that training updates, in the order of the layers. */
export function trainableVariables(model: LayersModel): Variable[] {
  return model.trainableWeights.map((weight) => weight.read() as Variable);
}

/**
 * All variables of a network, moving statistics included, by names that are the same in every
 * process, e.g. `down1_convolution/kernel`.
 *
 * @throws {PairlabError} If two weights share a name.
 */
export function namedVariables(model: LayersModel): Map<string, Variable> {
  const named = new Map<string, Variable>();
  for (const weight of model.weights) {
    const name = weight.originalName;
    if (named.has(name)) {
      throw new PairlabError(
        `Cannot name the weights of "${model.name}": two are named "${name}". Give each layer its own name.`,
      );
    }
    named.set(name, weight.read() as Variable);
  }
  return named;
}

/** The number of trainable parameters. */
export function countParameters(model: LayersModel): number {
  return model.trainableWeights.reduce(
    (sum, { shape }) => sum + shape.reduce((a, b) => a! * b!, 1)!,
    0,
  );
}

/**
 * Checks that the networks fit the task and each other.
 *
 * @throws {PairlabError} If they do not, with the shape found and the shape expected.
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
        }: the discriminator's output would be ${rows}x${columns}. Use a larger size or a smaller receptive field.`,
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
      // The network leaves extents that are null open.
      extents.every((extent, axis) => {
        const actual = found[index]!.shape[axis];
        return axis === 0 || actual === null || actual === extent;
      })
    );
  if (!fits) {
    throw new PairlabError(
      `Cannot use this network: ${what} has the shape ${
        describe(found.map(({ shape }) => shape))
      }, expected ${describe(wanted)}.`,
    );
  }
}
