/** Files of zip archives. */
import type { Readable } from "node:stream";
import { PairlabError } from "./errors.ts";
// @ts-types="./yauzl.d.ts"
import yauzl, { type Entry, type ZipFile } from "yauzl";

/** Larger files are not read into memory: no network here is. */
const LIMIT = 2 ** 31;

/**
 * The bytes of an entry of an open archive.
 *
 * @throws {PairlabError} If it would unpack to 2 GiB or more.
 */
export async function readEntry(zip: ZipFile, entry: Entry): Promise<Uint8Array<ArrayBuffer>> {
  if (entry.uncompressedSize >= LIMIT) {
    const size = (entry.uncompressedSize / 1e9).toFixed(1);
    throw new PairlabError(`${JSON.stringify(entry.fileName)} in it unpacks to ${size} GB`);
  }
  const chunks: BlobPart[] = [];
  const stream: Readable = await zip.openReadStreamPromise(entry);
  for await (const chunk of stream) chunks.push(chunk as BlobPart);
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * Reads some files of an archive into memory.
 *
 * @param wanted Of a file's name within the archive.
 * @returns Bytes by name, in the archive's order.
 * @throws {Error} yauzl's, if the archive is damaged.
 *
 * @example
 * ```ts
 * import { fileURLToPath } from "node:url";
 * import { readZip } from "./zip.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const file = new URL("../../tests/core/model/fixtures/unet.keras", import.meta.url);
 * const files = await readZip(fileURLToPath(file), (name) => name.endsWith(".json"));
 * assertEquals([...files.keys()], ["metadata.json", "config.json"]);
 * ```
 */
export async function readZip(
  path: string,
  wanted: (name: string) => boolean,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const zip = await yauzl.openPromise(path, { autoClose: false });
  try {
    const files = new Map<string, Uint8Array<ArrayBuffer>>();
    for await (const entry of zip.eachEntry()) {
      if (wanted(entry.fileName)) files.set(entry.fileName, await readEntry(zip, entry));
    }
    return files;
  } finally {
    zip.close();
  }
}

/** True for the first bytes of an archive. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}
