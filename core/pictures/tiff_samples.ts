/** Samples of TIFF files that libvips takes for others, or for damage. */

/** Tags of the fields, and sizes of the types of their values (TIFF 6.0, section 2). */
const BITS = 258, FORMAT = 339, SHORT = 3;

/** Values of the field SampleFormat. */
const FORMATS = [
  "",
  "unsigned integers",
  "signed integers",
  "floats",
  "",
  "complex integers",
  "complex numbers",
];

/**
 * What kind of samples a TIFF has, where it cannot be read at all: floats of 16 or 64 bits, integers of
 * 64, complex numbers.
 *
 * @returns e.g. `its samples are 64-bit floats`, or undefined for samples, and files, of other kinds.
 */
export function unreadableSamples(bytes: Uint8Array): string | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const order = bytes.length < 8 ? 0 : view.getUint16(0);
  const little = order === 0x4949;
  if ((!little && order !== 0x4d4d) || view.getUint16(2, little) !== 42) return undefined;
  const directory = view.getUint32(4, little);
  const fields = new Map<number, number>();
  try {
    for (let i = 0; i < view.getUint16(directory, little); i++) {
      const at = directory + 2 + 12 * i;
      if (view.getUint16(at + 2, little) !== SHORT) continue;
      // More than two values lie elsewhere; the first stands for all.
      const count = view.getUint32(at + 4, little);
      const value = count > 2 ? view.getUint32(at + 8, little) : at + 8;
      fields.set(view.getUint16(at, little), view.getUint16(value, little));
    }
  } catch {
    return undefined; // cut short: decoding says so
  }
  const bits = fields.get(BITS) ?? 1, format = fields.get(FORMAT) ?? 1;
  const readable = format === 3 ? bits === 32 : format <= 2 ? bits <= 32 : format === 4;
  return readable ? undefined : `its samples are ${bits}-bit ${FORMATS[format] ?? "samples"}`;
}
