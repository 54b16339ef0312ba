/**
 * The safetensors format: a length, a JSON header, then the numbers. It holds no code, and Python
 * reads it in one line (`safetensors.numpy.load_file`).
 */
import { createHash, hash } from "node:crypto";
import { z } from "zod";
import { writeAll, writeDurably } from "../base/files.ts";
import { messageOf, PairlabError } from "../base/errors.ts";

/** A named array of float32 or int32 numbers; `read` fetches them when they are written. */
export interface TensorSource {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: "float32" | "int32";
  read(): Promise<Float32Array | Int32Array>;
}

/** An array read from a file. */
export interface StoredTensor {
  readonly shape: number[];
  readonly dtype: "float32" | "int32";
  readonly values: Float32Array | Int32Array;
}

/** The contents of a file. */
export interface SafetensorsFile {
  readonly tensors: Map<string, StoredTensor>;
  readonly metadata: Record<string, string>;
}

/** Identifies a file. */
export interface FileIdentity {
  readonly bytes: number;
  readonly sha256: string;
}

const NAMES = { float32: "F32", int32: "I32" } as const;

/** The types that are read, by the format's names: how many bytes, and how they are read. */
const TYPES = {
  F32: { bytes: 4, dtype: "float32", read: (buffer: ArrayBuffer) => new Float32Array(buffer) },
  I32: { bytes: 4, dtype: "int32", read: (buffer: ArrayBuffer) => new Int32Array(buffer) },
  F16: {
    bytes: 2,
    dtype: "float32",
    read: (buffer: ArrayBuffer) => Float32Array.from(new Float16Array(buffer)),
  },
  BF16: {
    bytes: 2,
    dtype: "float32",
    // The upper half of a float32.
    read: (buffer: ArrayBuffer) =>
      new Float32Array(Uint32Array.from(new Uint16Array(buffer), (half) => half << 16).buffer),
  },
  I64: {
    bytes: 8,
    dtype: "int32",
    read: (buffer: ArrayBuffer) => Int32Array.from(new BigInt64Array(buffer), Number),
  },
} as const;

/** No real header is longer; a longer one is a damaged or foreign file. */
const LONGEST_HEADER = 100 * 2 ** 20;

const Header = z.record(
  z.string(),
  z.object({
    dtype: z.enum(["F32", "I32", "F16", "BF16", "I64"]),
    shape: z.array(z.int().nonnegative()),
    data_offsets: z.tuple([z.int().nonnegative(), z.int().nonnegative()]),
  }),
);
const Metadata = z.record(z.string(), z.string());

/**
 * Writes arrays and a few texts about them to a file, all of it or nothing.
 *
 * One array at a time is in memory.
 *
 * @returns The file's length and SHA-256.
 * @throws {PairlabError} If two arrays have one name or a source's shape does not fit its numbers.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "./safetensors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * await writeSafetensors(path, [{
 *   name: "kernel",
 *   shape: [2],
 *   dtype: "float32",
 *   read: () => Promise.resolve(Float32Array.of(1, 2)),
 * }], { note: "two numbers" });
 * const { tensors, metadata } = await readSafetensors(path);
 * assertEquals(tensors.get("kernel")?.values, Float32Array.of(1, 2));
 * assertEquals(metadata, { note: "two numbers" });
 * await Deno.remove(path);
 * ```
 */
export async function writeSafetensors(
  path: string,
  sources: readonly TensorSource[],
  metadata: Readonly<Record<string, string>>,
): Promise<FileIdentity> {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, dtype } of sources) {
    if (Object.hasOwn(header, name)) {
      throw new PairlabError(
        `Cannot write "${path}": two arrays are named "${name}". Give each its own name`,
      );
    }
    const end = offset + sizeOf(shape) * 4;
    header[name] = { dtype: NAMES[dtype], shape, data_offsets: [offset, end] };
    offset = end;
  }
  // Padded with spaces, so that the numbers begin at a multiple of 8 bytes.
  let text = JSON.stringify(header);
  text = text.padEnd(text.length + (8 - new TextEncoder().encode(text).length % 8) % 8);
  const headerBytes = new TextEncoder().encode(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(headerBytes.length), true);

  const hash = createHash("sha256");
  await writeDurably(path, async (file) => {
    const put = async (bytes: Uint8Array): Promise<void> => {
      hash.update(bytes);
      await writeAll(file, bytes);
    };
    await put(length);
    await put(headerBytes);
    for (const source of sources) {
      const values = await source.read();
      if (values.length !== sizeOf(source.shape)) {
        throw new PairlabError(
          `Cannot write "${path}": "${source.name}" has ${values.length} numbers, its shape [${source.shape}] needs ${
            sizeOf(source.shape)
          }`,
        );
      }
      await put(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    }
  });
  return { bytes: 8 + headerBytes.length + offset, sha256: hash.digest("hex") };
}

/**
 * Reads a whole file, checking it against `identity` if that is known.
 *
 * @throws {PairlabError} If the file is missing, cut, altered or not of this format.
 *
 * @example
 * ```ts
 * import { readSafetensors, writeSafetensors } from "./safetensors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const path = await Deno.makeTempFile({ suffix: ".safetensors" });
 * const shape = [1], dtype = "int32", values = Int32Array.of(1);
 * const one = { name: "one", shape, dtype, read: () => Promise.resolve(values) } as const;
 * const identity = await writeSafetensors(path, [one], {});
 * const { tensors } = await readSafetensors(path, identity);
 * assertEquals(tensors.get("one"), { shape, dtype, values });
 * await Deno.remove(path);
 * ```
 */
export async function readSafetensors(
  path: string,
  identity?: FileIdentity,
): Promise<SafetensorsFile> {
  const bytes = await readFile(path);
  if (identity !== undefined) checkIdentity(path, bytes, identity);
  return parseSafetensors(path, bytes);
}

async function readFile(path: string): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    throw new PairlabError(`Cannot read "${path}": ${messageOf(error)}`);
  }
}

function checkIdentity(path: string, bytes: Uint8Array, identity: FileIdentity): void {
  if (bytes.length !== identity.bytes) {
    throw new PairlabError(
      `Cannot read "${path}": it has ${bytes.length} bytes where ${identity.bytes} were written. Use an earlier checkpoint`,
    );
  }
  if (hash("sha256", bytes) !== identity.sha256) {
    throw new PairlabError(
      `Cannot read "${path}": its contents changed since they were written. Use an earlier checkpoint`,
    );
  }
}

/** The parsing of {@link readSafetensors}; `path` is for messages. */
export function parseSafetensors(
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
): { tensors: Map<string, StoredTensor>; metadata: Record<string, string> } {
  const refuse = (found: string): never => {
    throw new PairlabError(
      `Cannot read "${path}": ${found}. It is not a whole safetensors file`,
    );
  };
  if (bytes.length < 8) refuse(`it has ${bytes.length} bytes`);
  const headerLength = Number(new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true));
  const start = 8 + headerLength;
  if (headerLength > LONGEST_HEADER) refuse("it does not begin as a safetensors file does");
  if (start > bytes.length) {
    refuse(`it has ${bytes.length} bytes, its header alone needs ${start}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(8, start)));
  } catch {
    refuse("its header is not JSON");
  }
  if (typeof json !== "object" || json === null) refuse("its header is not an object");
  const { __metadata__: about, ...entries } = json as Record<string, unknown>;
  const header = Header.safeParse(entries);
  if (!header.success) return refuse(`its header is invalid (${z.prettifyError(header.error)})`);
  const metadata = Metadata.safeParse(about ?? {});
  if (!metadata.success) return refuse("its metadata holds more than texts");

  const tensors = new Map<string, StoredTensor>();
  for (const [name, { dtype, shape, data_offsets: [from, to] }] of Object.entries(header.data)) {
    const type = TYPES[dtype];
    if (to - from !== sizeOf(shape) * type.bytes) {
      refuse(`"${name}" has ${to - from} bytes for the shape [${shape}]`);
    }
    if (start + to > bytes.length) refuse(`it is cut off within "${name}"`);
    // A copy, since numbers of a foreign file need not begin at a multiple of 4.
    const buffer = bytes.slice(start + from, start + to).buffer;
    tensors.set(name, { shape, dtype: type.dtype, values: type.read(buffer) });
  }
  return { tensors, metadata: metadata.data };
}

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, extent) => product * extent, 1);
}
