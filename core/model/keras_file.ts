/** Weights from Keras' files (`.keras`, `.h5`, `.weights.h5`), read without executing anything in them. */
import type { Dataset, Entity, Group } from "h5wasm";
import { messageOf, PairlabError } from "../base/errors.ts";
import { isZip, readZip } from "../base/zip.ts";

/** An array of weights, in Keras' layout, which is TensorFlow.js' too. */
export interface KerasTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a file of Keras holds. */
export interface KerasFile {
  /**
   * By Keras' names, e.g. `sequential_1/conv2d_1/kernel`. The order is the network's where the file
   * tells it (`.h5` of a whole network); in the others the layers within blocks come before those
   * beside them, and each kind of layer is in the network's order.
   */
  readonly tensors: ReadonlyMap<string, KerasTensor>;
  /** The network's configuration, parsed; null where the file holds weights alone. */
  readonly config: unknown;
}

type H5 = typeof import("h5wasm").default;

/**
 * Reads the weights of a network that Keras has saved: version 3's `.keras` and `.weights.h5`, or
 * `.h5` as version 2 and `tf.keras` wrote it. Those of an optimizer and of other types than floats
 * (states of random generators) are left out.
 *
 * @throws {PairlabError} If the file is missing, damaged, or holds no weights.
 *
 * @example
 * ```ts
 * import { fileURLToPath } from "node:url";
 * import { readKeras } from "./keras_file.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new URL("../../tests/core/model/fixtures/unet.keras", import.meta.url);
 * const { tensors } = await readKeras(fileURLToPath(file));
 * assertEquals(tensors.get("sequential/conv2d/kernel")?.shape, [4, 4, 3, 2]);
 * ```
 */
export async function readKeras(path: string): Promise<KerasFile> {
  try {
    const bytes = await Deno.readFile(path);
    if (!isZip(bytes)) return await readHdf5(bytes);
    const files = await readZip(path, (name) => /^(config\.json|model\.weights\.h5)$/.test(name));
    const weights = files.get("model.weights.h5");
    if (weights === undefined) throw new PairlabError("it is an archive without model.weights.h5");
    const config = files.get("config.json");
    return {
      ...await readHdf5(weights),
      config: config === undefined ? null : JSON.parse(new TextDecoder().decode(config)),
    };
  } catch (error) {
    throw new PairlabError(
      `Cannot read the weights in "${path}": ${reasonOf(error)}. ` +
        "Use a file that Keras has saved as .keras, .h5 or .weights.h5.",
      { cause: error },
    );
  }
}

/** The innermost reason of HDF5's list, or the message itself. */
function reasonOf(error: unknown): string {
  const message = messageOf(error);
  const reasons = [...message.matchAll(/^\s*#\d+: .*\(\): (.*)$/gm)];
  return reasons.at(-1)?.[1] ?? message.split("\n")[0]!.replace(/\.$/, "");
}

/** The signature of HDF5. */
const SIGNATURE = "\x89HDF\r\n\x1a\n";

async function readHdf5(bytes: Uint8Array): Promise<KerasFile> {
  if (String.fromCharCode(...bytes.subarray(0, 8)) !== SIGNATURE) {
    throw new PairlabError("it is no HDF5 file");
  }
  const { default: h5 } = await import("h5wasm");
  const library = await h5.ready;
  // Errors are thrown, not printed.
  library.activate_throwing_error_handler();
  const name = `/${crypto.randomUUID()}.h5`;
  library.FS.writeFile(name, bytes);
  try {
    const file = new h5.File(name, "r");
    try {
      const config = textOf(file.attrs["model_config"]?.value);
      const root = (file.get("model_weights") ?? file) as Group;
      const isOlder = "layer_names" in root.attrs;
      const tensors = new Map(isOlder ? inOrder(h5, root) : [...layersOf(h5, root, "", [])]);
      if (tensors.size === 0) throw new PairlabError("it holds no weights");
      return { tensors, config: config === undefined ? null : JSON.parse(config) };
    } finally {
      file.close();
    }
  } finally {
    library.FS.unlink(name);
  }
}

type Named = [name: string, tensor: KerasTensor];

/** The layout of version 2: layers and weights are listed in their order. */
function inOrder(h5: H5, root: Group): Named[] {
  return textsOf(root.attrs["layer_names"]?.value).flatMap((layer) => {
    const group = root.get(layer);
    if (!(group instanceof h5.Group)) throw new PairlabError(`its layer "${layer}" is missing`);
    return textsOf(group.attrs["weight_names"]?.value).flatMap((name) =>
      floatsOf(h5, name.replace(/:\d+$/, ""), group.get(name))
    );
  });
}

/** Names of a layer's weights, which version 3 only numbers. */
const WEIGHT_NAMES: readonly (readonly [layer: RegExp, names: readonly string[]])[] = [
  [/^batch_normalization/, ["gamma", "beta", "moving_mean", "moving_variance"]],
  [/^(conv|dense|depthwise_conv)/, ["kernel", "bias"]],
];

/** Networks within networks, each of two groups: no real file comes near. */
const DEEPEST = 50;

/** The layout of version 3: a group for each layer, its weights by number below `vars`. */
function* layersOf(
  h5: H5,
  group: Group,
  kind: string,
  path: readonly string[],
  depth = 0,
): Generator<Named> {
  // A group that holds itself has no end.
  if (depth > DEEPEST) throw new PairlabError(`its groups lie more than ${DEEPEST} deep`);
  const vars = group.get("vars");
  if (vars instanceof h5.Group) {
    const names = WEIGHT_NAMES.find(([layer]) => layer.test(kind))?.[1] ?? [];
    for (const key of inNumbers(vars.keys())) {
      yield* floatsOf(h5, [...path, names[Number(key)] ?? key].join("/"), vars.get(key));
    }
  }
  const below = inNumbers(group.keys()).flatMap((key): [string, Group][] => {
    const inner = key === "vars" || key === "optimizer" ? null : group.get(key);
    return inner instanceof h5.Group ? [[key, inner]] : [];
  });
  const isBlock = ([, inner]: [string, Group]): boolean =>
    inner.keys().some((key) => key !== "vars");
  for (const [key, inner] of [...below.filter(isBlock), ...below.filter((one) => !isBlock(one))]) {
    const vars = inner.get("vars") as Group | null;
    // A group without weights of its own only gathers layers.
    const own = vars === null ? [] : [textOf(vars.attrs["name"]?.value) ?? key];
    yield* layersOf(h5, inner, key, [...path, ...own], depth + 1);
  }
}

/** `conv2d_2` before `conv2d_10`. */
function inNumbers(names: readonly string[]): string[] {
  return names.toSorted((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function floatsOf(h5: H5, name: string, entity: Entity | null): Named[] {
  if (!(entity instanceof h5.Dataset)) throw new PairlabError(`its weights "${name}" are missing`);
  const { shape, dtype } = entity as Dataset;
  // Whole numbers are the state of random generators.
  if (!/^<[fd]$/.test(String(dtype))) return [];
  return [[name, { shape: shape ?? [], values: Float32Array.from(entity.value as Float32Array) }]];
}

function textsOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
