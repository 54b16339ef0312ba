/** The framing of event files (TFRecord): length and data, with a checksum of each. */
import { joined } from "../../../core/plugin.ts";
import type { Wire } from "./event.ts";

/**
 * A record: length (64 bits), its masked CRC-32C, the data, their masked CRC-32C; all little-endian.
 *
 * @example
 * ```ts
 * import { record } from "./record.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(record(new Uint8Array(3)).length, 8 + 4 + 3 + 4);
 * ```
 */
export function record(data: Wire): Uint8Array {
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(data.length), true);
  return joined(length, checksum(length), data, checksum(data));
}

function checksum(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, masked(crc32c(data)), true);
  return bytes;
}

/** Masks a checksum, because checksums of data that contain checksums are weak. */
function masked(crc: number): number {
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}

/** The Castagnoli polynomial, its bits reversed. */
const POLYNOMIAL = 0x82f63b78;

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  return crc;
});

/** CRC-32C (RFC 3720, section 12.1). */
export function crc32c(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = (crc >>> 8) ^ table[(crc ^ byte) & 255]!; // of 256 entries
  return (crc ^ 0xffffffff) >>> 0;
}
