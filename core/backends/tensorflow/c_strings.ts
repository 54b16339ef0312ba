/** Text as C wants it: UTF-8 and a zero at the end. */

const encoder = new TextEncoder();
const encoded = new Map<string, Uint8Array<ArrayBuffer>>();

/**
 * `text` as a C string, encoded once and kept: names of ops and attributes come back with every
 * call, and TensorFlow may hold on to their addresses.
 */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  let bytes = encoded.get(text);
  if (bytes === undefined) {
    bytes = encodeCString(text);
    encoded.set(text, bytes);
  }
  return bytes;
}

/** {@link cString} for a text that will hardly come back, e.g. a path. */
export function encodeCString(text: string): Uint8Array<ArrayBuffer> {
  const utf8 = encoder.encode(text);
  // An array over a buffer of its own never moves; V8 may move a small one that it allots itself.
  const bytes = new Uint8Array(new ArrayBuffer(utf8.length + 1));
  bytes.set(utf8);
  return bytes;
}

/** Addresses of C strings or arrays, as a C array of pointers; keep `arrays` until C is done. */
export function pointersTo(
  arrays: readonly (Uint8Array<ArrayBuffer> | BigInt64Array<ArrayBuffer>)[],
): BigUint64Array<ArrayBuffer> {
  return BigUint64Array.from(
    arrays,
    (array) => Deno.UnsafePointer.value(Deno.UnsafePointer.of(array)),
  );
}
