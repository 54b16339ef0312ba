/** The U-Net under the names of pytorch-CycleGAN-and-pix2pix, there and back. */
import { PairlabError } from "../base/errors.ts";
import type { ForeignUnet, Match, NamedArray, NamedArrays } from "./foreign_unet.ts";
import { transposed } from "./onnx/layout.ts";

/** Where a layer of one level is in both. */
interface Pairing {
  /** Pairlab's layer, e.g. `down2_convolution`. */
  readonly ours: string;
  /** The module there, e.g. `model.model.1.model.1`. */
  readonly theirs: string;
  readonly kind: "convolution" | "transposed" | "transposed after a skip" | "norm";
}

/**
 * The layers of a U-Net of so many halvings, in both.
 *
 * There, the U-Net is nested: each level is a `Sequential` of its own encoder layer, the next level,
 * and its own decoder layer (`UnetSkipConnectionBlock`).
 */
function pairingsOf(levels: number): Pairing[] {
  const pairings: Pairing[] = [];
  let prefix = "model.model";
  for (let level = 1; level <= levels; level++) {
    const outermost = level === 1, innermost = level === levels;
    const at = (index: number): string => `${prefix}.${index}`;
    pairings.push({
      ours: `down${level}_convolution`,
      theirs: at(outermost ? 0 : 1),
      kind: "convolution",
    });
    if (!outermost && !innermost) {
      pairings.push({ ours: `down${level}_batch_norm`, theirs: at(2), kind: "norm" });
    }
    const up = outermost ? "output" : `up${levels - level + 1}`;
    pairings.push({
      ours: `${up}_transposed_convolution`,
      theirs: at(outermost || innermost ? 3 : 5),
      kind: innermost ? "transposed" : "transposed after a skip",
    });
    if (!outermost) {
      pairings.push({ ours: `${up}_batch_norm`, theirs: at(innermost ? 4 : 6), kind: "norm" });
    }
    prefix = `${at(outermost ? 1 : 3)}.model`;
  }
  return pairings;
}

/** The arrays of a batch norm, here and there. */
export const NORM = [
  ["gamma", "weight"],
  ["beta", "bias"],
  ["moving_mean", "running_mean"],
  ["moving_variance", "running_var"],
] as const;

/**
 * The weights of a U-Net under the names of `netG` there.
 *
 * @param ours Weights by Pairlab's names, e.g. `down1_convolution/kernel`.
 * @throws {PairlabError} If the network is another one than that of `unet()`.
 */
export function toNetG(ours: NamedArrays): Map<string, NamedArray> {
  const levels = countLevels(ours.keys(), /^down(\d+)_convolution\/kernel$/);
  const theirs = new Map<string, NamedArray>();
  const left = new Set(ours.keys());
  const take = (name: string): NamedArray | undefined => {
    left.delete(name);
    return ours.get(name);
  };
  for (const { ours: layer, theirs: module, kind } of pairingsOf(levels)) {
    if (kind === "norm") {
      for (const [own, their] of NORM) {
        theirs.set(`${module}.${their}`, present(take(`${layer}/${own}`), `${layer}/${own}`));
      }
      continue;
    }
    const kernel = present(take(`${layer}/kernel`), `${layer}/kernel`);
    theirs.set(`${module}.weight`, reorder(skipOrder(kernel, kind)));
    const bias = take(`${layer}/bias`);
    if (bias !== undefined) theirs.set(`${module}.bias`, bias);
  }
  if (left.size > 0) throw foreign(`it has "${[...left][0]}" besides`);
  return theirs;
}

/**
 * The way back: weights of `netG` as those of `unet()`. Biases that there are not there are zero.
 *
 * @throws {PairlabError} If they are not those of a U-Net with batch norms.
 */
export function fromNetG(given: NamedArrays): ForeignUnet {
  const theirs = withoutModule(given);
  const levels = 1 +
    [...theirs.keys()].filter((name) =>
      /^model\.model\.1(\.model\.3)*\.model\.1\.weight$/.test(name)
    )
      .length;
  if (!theirs.has("model.model.0.weight") || levels < 2) {
    throw foreign('it has no "model.model.0.weight" and levels below it');
  }
  const weights = new Map<string, NamedArray>();
  const left = new Set([...theirs.keys()].filter((name) => !name.endsWith("num_batches_tracked")));
  const take = (name: string): NamedArray | undefined => {
    left.delete(name);
    return theirs.get(name);
  };
  const filters: number[] = [];
  const matches: Match[] = [];
  const set = (ours: string, theirs: string, array: NamedArray): void => {
    weights.set(ours, array);
    matches.push({ theirs, ours, shape: array.shape });
  };
  let targetChannels = 0;
  for (const { ours: layer, theirs: module, kind } of pairingsOf(levels)) {
    if (kind === "norm") {
      for (const [own, their] of NORM) {
        const name = `${module}.${their}`;
        set(`${layer}/${own}`, name, present(take(name), name));
      }
      continue;
    }
    const weight = present(take(`${module}.weight`), `${module}.weight`);
    const kernel = skipOrder(reorder(weight, "back"), kind);
    set(`${layer}/kernel`, `${module}.weight`, kernel);
    const bias = take(`${module}.bias`);
    const channels = kernel.shape[kind === "convolution" ? 3 : 2]!;
    if (kind === "convolution") filters.push(channels);
    if (layer.startsWith("output")) targetChannels = channels;
    const hasBias = layer.startsWith("output") || layer === "down1_convolution" ||
      layer === `down${levels}_convolution`;
    if (hasBias) {
      if (bias !== undefined) set(`${layer}/bias`, `${module}.bias`, bias);
      else weights.set(`${layer}/bias`, { shape: [channels], values: new Float32Array(channels) });
    } else if (bias !== undefined) throw foreign(`"${module}.bias" stands before a batch norm`);
  }
  if (left.size > 0) throw foreign(`it has "${[...left][0]}" besides`);
  const inputChannels = weights.get("down1_convolution/kernel")!.shape[2]!;
  // Torch's constants; their loader resizes by PIL's bicubic kernel.
  const unet = { filters, slope: 0.2, epsilon: 1e-5, innermostNorm: false, reluOnSkips: true };
  const theirLoader = { size: null, resize: "cubic" } as const;
  return { unet, inputChannels, targetChannels, weights, matches, ...theirLoader };
}

/** A network that was trained on several GPUs has all names below `module`. */
export function withoutModule(given: NamedArrays): Map<string, NamedArray> {
  return new Map([...given].map(([name, array]) => [name.replace(/^module\./, ""), array]));
}

function countLevels(names: Iterable<string>, pattern: RegExp): number {
  const found = [...names].filter((name) => pattern.test(name)).length;
  if (found < 2) throw foreign("it has no encoder of two or more levels");
  return found;
}

/** A kernel `[height, width, a, b]` as `[b, a, height, width]`, or back. */
export function reorder(
  { shape, values }: NamedArray,
  way: "there" | "back" = "there",
): NamedArray {
  const perm = way === "there" ? [3, 2, 0, 1] : [2, 3, 1, 0];
  return { shape: perm.map((axis) => shape[axis]!), values: transposed(values, shape, perm) };
}

/** Here a decoder's own features come before those of the skip, there after: the halves change places. */
function skipOrder(kernel: NamedArray, kind: Pairing["kind"]): NamedArray {
  if (kind !== "transposed after a skip") return kernel;
  const { shape, values } = kernel;
  const inputs = shape[3]!;
  const swapped = new Float32Array(values.length);
  for (let row = 0; row < values.length; row += inputs) {
    const half = inputs / 2;
    swapped.set(values.subarray(row + half, row + inputs), row);
    swapped.set(values.subarray(row, row + half), row + half);
  }
  return { shape, values: swapped };
}

function present(array: NamedArray | undefined, name: string): NamedArray {
  if (array === undefined) throw foreign(`it has no "${name}"`);
  return array;
}

function foreign(found: string): PairlabError {
  return new PairlabError(
    `Cannot match the weights of this network with the U-Net of pytorch-CycleGAN-and-pix2pix: ${found}. Only unet() with transposed convolutions, batch norms and kernels of 4 is the same in both.`,
  );
}
