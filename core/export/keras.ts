/** The U-Net of TensorFlow's pix2pix tutorial under Pairlab's names. */
import { PairlabError } from "../base/errors.ts";
import type { KerasFile } from "../model/keras_file.ts";
import type { ForeignUnet, Match, NamedArray } from "./foreign_unet.ts";

/** What Keras takes where a file does not say it. */
const DEFAULTS = { slope: 0.3, epsilon: 1e-3 };

/** A layer with weights. */
interface Layer {
  readonly name: string;
  readonly weights: ReadonlyMap<string, NamedArray>;
}

/**
 * Matches the weights of the tutorial's generator with those of `unet()`: convolutions, transposed
 * convolutions and norms, each in their order and by their shapes. Names do not matter.
 *
 * @throws {PairlabError} If it is another network.
 */
export function fromKeras({ tensors, config }: KerasFile): ForeignUnet {
  const layers = layersOf(tensors);
  const kernels = layers.filter(({ weights }) => weights.get("kernel")?.shape.length === 4);
  const norms = layers.filter(({ weights }) => weights.has("moving_mean"));
  const odd = layers.find((layer) => !kernels.includes(layer) && !norms.includes(layer));
  if (odd !== undefined) throw foreign(`its layer "${odd.name}" is no convolution and no norm`);
  const levels = kernels.length / 2;
  if (!Number.isInteger(levels) || levels < 2) {
    throw foreign(`it has ${kernels.length} convolutions; a U-Net has as many down as up`);
  }
  const innermostNorm = norms.length === 2 * levels - 2;
  if (!innermostNorm && norms.length !== 2 * levels - 3) {
    throw foreign(
      `it has ${norms.length} norms; this U-Net of ${levels} levels has ${2 * levels - 2}`,
    );
  }
  const shapeOf = (index: number): readonly number[] =>
    kernels[index]!.weights.get("kernel")!.shape;
  const filters = kernels.slice(0, levels).map((_, index) => shapeOf(index)[3]!);
  const inputChannels = shapeOf(0)[2]!, targetChannels = shapeOf(2 * levels - 1)[2]!;

  const weights = new Map<string, NamedArray>();
  const matches: Match[] = [];
  const take = (layer: Layer, ours: string, expected: Record<string, readonly number[]>): void => {
    for (const [weight, shape] of Object.entries(expected)) {
      const found = layer.weights.get(weight);
      if (found?.shape.join() !== shape.join()) {
        throw foreign(
          `"${layer.name}/${weight}" has the shape [${
            found?.shape ?? ""
          }] where this U-Net has [${shape}]`,
        );
      }
      weights.set(`${ours}/${weight}`, found);
      matches.push({ theirs: `${layer.name}/${weight}`, ours: `${ours}/${weight}`, shape });
    }
    const besides = [...layer.weights.keys()].find((weight) => !(weight in expected));
    if (besides !== undefined) throw foreign(`it has "${layer.name}/${besides}" besides`);
  };
  const norm = (ours: string, channels: number): void =>
    take(norms[normed++]!, `${ours}_batch_norm`, {
      gamma: [channels],
      beta: [channels],
      moving_mean: [channels],
      moving_variance: [channels],
    });
  let normed = 0;
  filters.forEach((channels, index) => {
    const ours = `down${index + 1}`, layer = `${ours}_convolution`;
    const hasNorm = index > 0 && (innermostNorm || index < levels - 1);
    const bias = !hasNorm && kernels[index]!.weights.has("bias");
    const kernel = [4, 4, filters[index - 1] ?? inputChannels, channels];
    take(kernels[index]!, layer, { kernel, ...bias && { bias: [channels] } });
    if (hasNorm) norm(ours, channels);
    // Here every convolution without a norm has a bias.
    else if (!bias) weights.set(`${layer}/bias`, zeros(channels));
  });
  for (let index = 1; index <= levels; index++) {
    const isLast = index === levels;
    const ours = isLast ? "output" : `up${index}`;
    const channels = isLast ? targetChannels : filters[levels - 1 - index]!;
    const inputs = filters[levels - index]! * (index === 1 ? 1 : 2);
    take(kernels[levels + index - 1]!, `${ours}_transposed_convolution`, {
      kernel: [4, 4, channels, inputs],
      ...isLast && { bias: [channels] },
    });
    if (!isLast) norm(ours, channels);
  }
  const { slope, epsilon, size } = settingsOf(config);
  const unet = { filters, slope, epsilon, innermostNorm, reluOnSkips: false };
  return { unet, inputChannels, targetChannels, weights, matches, size, resize: "nearest" };
}

/** `sequential_1/conv2d_1/kernel` and `…/bias` are of one layer. */
function layersOf(tensors: KerasFile["tensors"]): Layer[] {
  const layers = new Map<string, Map<string, NamedArray>>();
  for (const [path, tensor] of tensors) {
    const [, name, weight] = /^(?:(.*)\/)?([^/]+)$/.exec(path)!;
    const layer = layers.get(name ?? "") ?? new Map<string, NamedArray>();
    layers.set(name ?? "", layer.set(weight!, tensor));
  }
  return [...layers].map(([name, weights]) => ({ name, weights }));
}

/** What the configuration says of slopes, of the norms' epsilons and of the pictures' size. */
function settingsOf(config: unknown): typeof DEFAULTS & Pick<ForeignUnet, "size"> {
  const found = { slope: new Set<number>(), epsilon: new Set<number>() };
  let size: ForeignUnet["size"] = null;
  const note = (into: Set<number>, value: unknown): void => {
    // Version 2 writes what float32 makes of 0.3.
    if (typeof value === "number") into.add(Number(value.toPrecision(6)));
  };
  JSON.stringify(config, (_, value) => {
    const { class_name: kind, config: own } = (value ?? {}) as Record<string, unknown>;
    const settings = (own ?? {}) as Record<string, unknown>;
    if (kind === "LeakyReLU") note(found.slope, settings["negative_slope"] ?? settings["alpha"]);
    if (kind === "BatchNormalization") note(found.epsilon, settings["epsilon"]);
    if (kind === "InputLayer") {
      const [, height, width] = (settings["batch_shape"] ?? settings["batch_input_shape"] ??
        []) as (number | null | undefined)[];
      if (size === null && height && width) size = { height, width };
    }
    return value;
  });
  for (const [what, values] of Object.entries(found)) {
    if (values.size > 1) throw foreign(`it has several values of ${what}: ${[...values]}`);
  }
  const [slope = DEFAULTS.slope] = found.slope, [epsilon = DEFAULTS.epsilon] = found.epsilon;
  return { slope, epsilon, size };
}

function zeros(channels: number): NamedArray {
  return { shape: [channels], values: new Float32Array(channels) };
}

function foreign(found: string): PairlabError {
  return new PairlabError(
    `Cannot match the weights of this network with the U-Net of TensorFlow's pix2pix tutorial: ${found}. Only that generator is known, with kernels of 4 and any number of filters.`,
  );
}
