import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import fc from "fast-check";
import { PairlabError } from "../../../core/base/errors.ts";
import {
  parseSafetensors,
  readSafetensors,
  type TensorSource,
  writeSafetensors,
} from "../../../core/runs/safetensors.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";

const kernel: TensorSource = {
  name: "down1_convolution/kernel",
  shape: [2, 3],
  dtype: "float32",
  read: () => Promise.resolve(Float32Array.of(1, -2.5, 3e-8, 4, 5, 6)),
};
const count: TensorSource = {
  name: "count",
  shape: [],
  dtype: "int32",
  read: () => Promise.resolve(Int32Array.of(-7)),
};

async function written(folder: string, sources: TensorSource[] = [kernel, count]): Promise<
  { path: string; bytes: Uint8Array<ArrayBuffer>; identity: { bytes: number; sha256: string } }
> {
  const path = join(folder, "a.safetensors");
  const identity = await writeSafetensors(path, sources, { note: "ünïcode" });
  return { path, bytes: await Deno.readFile(path), identity };
}

describe("a safetensors file", () => {
  it("gives back what was written", () =>
    inTemporaryFolder(async (folder) => {
      const { path, identity } = await written(folder);
      const { tensors, metadata } = await readSafetensors(path, identity);
      assertEquals(metadata, { note: "ünïcode" });
      assertEquals(tensors.get(kernel.name), {
        shape: [2, 3],
        dtype: "float32",
        values: Float32Array.of(1, -2.5, 3e-8, 4, 5, 6),
      });
      assertEquals(tensors.get("count")?.values, Int32Array.of(-7));
    }));

  it("has the bytes that the format's description asks for", () =>
    inTemporaryFolder(async (folder) => {
      const { bytes } = await written(folder, [count]);
      const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
      const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
      assertEquals(length % 8, 0);
      assertEquals(header["count"], { dtype: "I32", shape: [], data_offsets: [0, 4] });
      assertEquals([...bytes.subarray(8 + length)], [0xf9, 0xff, 0xff, 0xff]);
    }));

  it("is refused when a byte of it has changed", () =>
    inTemporaryFolder(async (folder) => {
      const { path, bytes, identity } = await written(folder);
      bytes[bytes.length - 1]! ^= 1;
      await Deno.writeFile(path, bytes);
      await assertRejects(() => readSafetensors(path, identity), PairlabError, "contents changed");
    }));

  it("is refused when it is cut anywhere", () =>
    inTemporaryFolder(async (folder) => {
      const { path, bytes } = await written(folder);
      for (let length = 0; length < bytes.length; length++) {
        const error = assertThrows(
          () => parseSafetensors(path, bytes.slice(0, length)),
          PairlabError,
          "It is not a whole safetensors file",
        );
        assert(error.message.includes(path));
      }
    }));

  it("is read or refused, but never crashes the reader, whatever its bytes", () =>
    inTemporaryFolder(async (folder) => {
      const { bytes } = await written(folder);
      fc.assert(
        fc.property(
          fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 })), {
            maxLength: 8,
          }),
          (changes) => {
            const changed = bytes.slice();
            for (const [position, value] of changes) changed[position] = value;
            try {
              parseSafetensors("changed", changed);
            } catch (error) {
              assert(error instanceof PairlabError, String(error));
            }
          },
        ),
        { numRuns: 500 },
      );
    }));

  it("cannot hold two arrays of one name", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(
        () => written(folder, [count, count]),
        PairlabError,
        'two arrays are named "count"',
      );
    }));

  it("cannot hold numbers that do not fill their shape", () =>
    inTemporaryFolder(async (folder) => {
      await assertRejects(
        () => written(folder, [{ ...count, shape: [2] }]),
        PairlabError,
        '"count" has 1 numbers',
      );
    }));
});
