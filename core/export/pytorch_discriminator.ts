/** The PatchGAN of pytorch-CycleGAN-and-pix2pix under Pairlab's names. */
import { PairlabError } from "../base/errors.ts";
import type { NamedArray, NamedArrays } from "./foreign_unet.ts";
import { NORM, reorder, withoutModule } from "./pytorch.ts";

/** Whether weights are those of a `netD` there: one plain row of layers that begins with a convolution. */
export function isNetD(given: NamedArrays): boolean {
  return [...given.keys()].some((name) => /^(module\.)?(model|net)\.0\.weight$/.test(name));
}

/**
 * The weights of `netD` there (`NLayerDiscriminator` or `PixelDiscriminator`) as those of
 * `patchGan()`. Both see the input first, then the picture.
 *
 * @param given In PyTorch's layout.
 * @returns Weights by Pairlab's names, e.g. `block1_convolution/kernel`.
 * @throws {PairlabError} If they are not those of such a network.
 */
export function fromNetD(given: NamedArrays): Map<string, NamedArray> {
  const modules = modulesOf(given);
  const isConvolution = (arrays: NamedArrays): boolean => arrays.get("weight")?.shape.length === 4;
  const convolutions = modules.filter(isConvolution).length;
  const weights = new Map<string, NamedArray>();
  let block = 0;
  for (const arrays of modules) {
    const convolution = isConvolution(arrays);
    if (convolution) block++;
    const name = block === convolutions ? "logits" : `block${block}`;
    const left = new Set(arrays.keys());
    const put = (ours: string, theirs: string, array: NamedArray | undefined): void => {
      if (array !== undefined) weights.set(`${name}_${ours}`, array);
      left.delete(theirs);
    };
    if (convolution) {
      put("convolution/kernel", "weight", reorder(arrays.get("weight")!, "back"));
      put("convolution/bias", "bias", arrays.get("bias"));
    } else if (arrays.get("running_mean")?.shape.length === 1) {
      for (const [own, their] of NORM) put(`batch_norm/${own}`, their, arrays.get(their));
    }
    if (left.size > 0) throw foreign(`its layer ${block} has a "${[...left][0]}" besides`);
  }
  const logits = weights.get("logits_convolution/kernel")?.shape[3];
  if (logits !== 1) throw foreign(`its last convolution makes ${logits ?? "no"} channels, not 1`);
  return weights;
}

/** The arrays of each layer that has any, in the order of the layers. */
function modulesOf(given: NamedArrays): NamedArrays[] {
  const modules = new Map<number, Map<string, NamedArray>>();
  for (const [name, array] of withoutModule(given)) {
    const [, index, own] = /^(?:model|net)\.(\d+)\.(\w+)$/.exec(name) ?? [];
    if (index === undefined || own === undefined) throw foreign(`it has "${name}" besides`);
    if (own === "num_batches_tracked") continue;
    const arrays = modules.get(Number(index)) ?? new Map<string, NamedArray>();
    modules.set(Number(index), arrays.set(own, array));
  }
  return [...modules].sort(([a], [b]) => a - b).map(([, arrays]) => arrays);
}

function foreign(found: string): PairlabError {
  return new PairlabError(
    `Cannot match the weights of this network with the discriminator of pytorch-CycleGAN-and-pix2pix: ${found}. Only its "basic", "n_layers" and "pixel" are known here.`,
  );
}
