/** Weights from PyTorch's files (`.pth`, `.pt`), read without executing anything in them. */
import { messageOf, PairlabError } from "../base/errors.ts";
import { isZip, readZip } from "../base/zip.ts";
import { type PickleValue, unpickle } from "./pickle.ts";

/** A tensor of a state dictionary, in PyTorch's layout. */
export interface PytorchTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Numbers that tensors share. */
class Storage {
  constructor(readonly type: string, readonly key: string, readonly length: number) {}
}

/** A tensor whose numbers are not read yet. */
class Rebuilt {
  constructor(
    readonly storage: Storage,
    readonly offset: number,
    readonly shape: readonly number[],
    readonly strides: readonly number[],
  ) {}
}

type Decode = (view: DataView, at: number) => number;

/** Bytes per number, and how one is read. */
const TYPES: Readonly<Record<string, readonly [size: number, decode: Decode]>> = {
  FloatStorage: [4, (view, at) => view.getFloat32(at, true)],
  DoubleStorage: [8, (view, at) => view.getFloat64(at, true)],
  HalfStorage: [2, (view, at) => view.getFloat16(at, true)],
  LongStorage: [8, (view, at) => Number(view.getBigInt64(at, true))],
  IntStorage: [4, (view, at) => view.getInt32(at, true)],
};

const GLOBALS = new Map<string, (args: readonly PickleValue[]) => PickleValue>([
  // Python 2 gives the pairs as an argument.
  ["collections.OrderedDict", ([pairs = []]) => new Map(pairs as [PickleValue, PickleValue][])],
  ["torch._utils._rebuild_parameter", ([tensor]) => tensor!],
  [
    "torch._utils._rebuild_tensor_v2",
    ([storage, offset, shape, strides]) =>
      new Rebuilt(storage as Storage, offset as number, shape as number[], strides as number[]),
  ],
  // Named in the ids of storages, and never called.
  ...Object.keys(TYPES).map((name) => [`torch.${name}`, () => null] as [string, () => null]),
]);

const OPTIONS = {
  globals: GLOBALS,
  // ("storage", type, key, device, length, …)
  persistent: (id: PickleValue): PickleValue => {
    const [kind, type, key, , length] = id as [string, { name: string }, string, string, number];
    const name = type?.name?.split(".").at(-1) ?? "";
    if (kind !== "storage" || !Object.hasOwn(TYPES, name)) {
      throw new PairlabError(`its numbers are of the unknown type "${name}"`);
    }
    return new Storage(name, key, length);
  },
};

/**
 * Reads a state dictionary that `torch.save` has written, by any version since 0.4.
 *
 * @returns The tensors by name, converted to float32. Other values are left out.
 * @throws {PairlabError} If the file holds anything but tensors and plain data, or is damaged.
 *
 * @example
 * ```ts ignore
 * import { readPytorch } from "./pytorch_file.ts";
 *
 * const weights = await readPytorch("alexnet-owt-7be5be79.pth");
 * console.log(weights.get("features.0.weight")?.shape);
 * ```
 */
export async function readPytorch(path: string): Promise<Map<string, PytorchTensor>> {
  try {
    const bytes = await Deno.readFile(path);
    const { value, read } = isZip(bytes) ? await openZip(path) : openLegacy(bytes);
    const tensors = new Map<string, PytorchTensor>();
    await collect(value, "", tensors, read);
    if (tensors.size === 0) throw new PairlabError("it holds no tensors");
    return tensors;
  } catch (error) {
    throw new PairlabError(
      `Cannot read the weights in "${path}": ${messageOf(error).replace(/\.$/, "")}. ` +
        "Use a state dictionary that torch.save has written.",
      { cause: error },
    );
  }
}

/** The bytes of a storage. */
type ReadStorage = (storage: Storage) => Uint8Array | Promise<Uint8Array>;

interface Opened {
  readonly value: PickleValue;
  readonly read: ReadStorage;
}

/** Files of PyTorch before 1.6: a row of pickles, then the storages, each after its length. */
function openLegacy(bytes: Uint8Array): Opened {
  let end = 0;
  const next = (): PickleValue => {
    const unpickled = unpickle(bytes, OPTIONS, end);
    end = unpickled.end;
    return unpickled.value;
  };
  const magic = next();
  if (magic !== 0x1950a86a20f9469cfc6cn) throw new PairlabError("it is no file of PyTorch");
  next(); // the protocol's version
  next(); // the system that wrote it
  const value = next();
  const keys = next() as string[];
  const storages = new Map<string, number>();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sizes = sizesOf(value);
  for (const key of keys) {
    const length = Number(view.getBigUint64(end, true));
    storages.set(key, end + 8);
    end += 8 + length * (sizes.get(key) ?? 4);
  }
  return {
    value,
    read: ({ key, type, length }) => {
      const from = storages.get(key);
      if (from === undefined) throw new PairlabError(`its numbers "${key}" are missing`);
      return bytes.subarray(from, from + length * TYPES[type]![0]);
    },
  };
}

/** Bytes per number of each storage. */
function sizesOf(value: PickleValue, sizes = new Map<string, number>()): Map<string, number> {
  if (value instanceof Rebuilt) sizes.set(value.storage.key, TYPES[value.storage.type]![0]);
  if (value instanceof Map || Array.isArray(value)) {
    for (const inner of value.values()) sizesOf(inner, sizes);
  }
  return sizes;
}

/** Files of PyTorch since 1.6: an archive of a pickle and of one file per storage. */
async function openZip(path: string): Promise<Opened> {
  // The folder's name is that of the file when it was written.
  const within = (name: string): string => name.replace(/^[^/]*\//, "");
  const found = await readZip(path, (name) => /^(data\.pkl$|data\/)/.test(within(name)));
  const files = new Map([...found].map(([name, bytes]) => [within(name), bytes]));
  const pickle = files.get("data.pkl");
  if (pickle === undefined) throw new PairlabError("it is an archive without data.pkl");
  return {
    value: unpickle(pickle, OPTIONS).value,
    read: ({ key }) => {
      const bytes = files.get(`data/${key}`);
      if (bytes === undefined) throw new PairlabError(`its numbers "${key}" are missing`);
      return bytes;
    },
  };
}

/** Puts all tensors of nested dictionaries into a map, names joined by dots. */
async function collect(
  value: PickleValue,
  name: string,
  tensors: Map<string, PytorchTensor>,
  read: ReadStorage,
): Promise<void> {
  if (value instanceof Map) {
    for (const [key, inner] of value) {
      await collect(inner, name === "" ? String(key) : `${name}.${key}`, tensors, read);
    }
  } else if (value instanceof Rebuilt) {
    tensors.set(name, { shape: value.shape, values: valuesOf(value, await read(value.storage)) });
  }
}

function valuesOf({ storage, offset, shape, strides }: Rebuilt, bytes: Uint8Array): Float32Array {
  const [size, decode] = TYPES[storage.type]!;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const count = shape.reduce((product, extent) => product * extent, 1);
  return Float32Array.from({ length: count }, (_, index) => {
    let rest = index, at = offset;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      at += (rest % shape[axis]!) * strides[axis]!;
      rest = Math.floor(rest / shape[axis]!);
    }
    return decode(view, at * size);
  });
}
