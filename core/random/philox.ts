/** Philox 4x32-10, the counter-based generator that TensorFlow's stateless random ops use. */

/** High and low 32 bits of the product of two unsigned 32-bit numbers. */
function multiply(a: number, b: number): [high: number, low: number] {
  const aHigh = a >>> 16, aLow = a & 0xffff, bHigh = b >>> 16, bLow = b & 0xffff;
  const middle = aHigh * bLow + ((aLow * bLow) >>> 16);
  const other = aLow * bHigh + (middle & 0xffff);
  return [
    (aHigh * bHigh + Math.floor(middle / 65536) + Math.floor(other / 65536)) >>> 0,
    Math.imul(a, b) >>> 0,
  ];
}

/**
 * Four random 32-bit words for a 128-bit counter and a 64-bit key (Salmon et al., "Parallel random
 * numbers: as easy as 1, 2, 3", 2011). Least significant word first.
 */
export function philox(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [high0, low0] = multiply(0xd2511f53, c0);
    const [high1, low1] = multiply(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + 0x9e3779b9) >>> 0;
    k1 = (k1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}
