/** The eigenvalues of symmetric matrices. */

/**
 * The eigenvalues of a symmetric matrix, in no order: Householder's reduction to a tridiagonal one,
 * then the QL method with implicit shifts (Golub and Van Loan, *Matrix Computations*, section 8.3).
 *
 * @param matrix Its rows; they are overwritten.
 */
export function symmetricEigenvalues(matrix: readonly Float64Array[]): Float64Array {
  const { diagonal, below } = tridiagonalise(matrix);
  return solveTridiagonal(diagonal, below);
}

interface Tridiagonal {
  readonly diagonal: Float64Array;
  /** Entry `i` is below entry `i` of the diagonal; the last is 0. */
  readonly below: Float64Array;
}

function tridiagonalise(rows: readonly Float64Array[]): Tridiagonal {
  const n = rows.length;
  const below = new Float64Array(n);
  const v = new Float64Array(n), w = new Float64Array(n);
  for (let k = 0; k + 1 < n; k++) {
    // The reflection that brings column k, below its diagonal, to one number.
    let length = 0;
    for (let i = k + 1; i < n; i++) length = Math.hypot(length, v[i] = rows[i]![k]!);
    const first = v[k + 1]! > 0 ? -length : length;
    below[k] = first;
    v[k + 1]! -= first;
    let norm = 0;
    for (let i = k + 1; i < n; i++) norm = Math.hypot(norm, v[i]!);
    if (norm === 0) continue;
    for (let i = k + 1; i < n; i++) v[i]! /= norm;
    // rows - 2 v wᵀ - 2 w vᵀ reflects the rest from both sides.
    let projection = 0;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!;
      let sum = 0;
      for (let j = k + 1; j < n; j++) sum += row[j]! * v[j]!;
      w[i] = sum;
      projection += sum * v[i]!;
    }
    for (let i = k + 1; i < n; i++) w[i]! -= projection * v[i]!;
    for (let i = k + 1; i < n; i++) {
      const row = rows[i]!, vi = 2 * v[i]!, wi = 2 * w[i]!;
      for (let j = k + 1; j < n; j++) row[j]! -= vi * w[j]! + wi * v[j]!;
    }
  }
  return { diagonal: Float64Array.from(rows, (row, i) => row[i]!), below };
}

function solveTridiagonal(d: Float64Array, e: Float64Array): Float64Array {
  const n = d.length;
  for (let start = 0; start < n; start++) {
    while (true) {
      let end = start;
      while (end + 1 < n && !isNegligible(e[end]!, d[end]!, d[end + 1]!)) end++;
      if (end === start) break;
      sweep(d, e, start, end);
    }
  }
  return d;
}

function isNegligible(offDiagonal: number, a: number, b: number): boolean {
  const scale = Math.abs(a) + Math.abs(b);
  return scale + Math.abs(offDiagonal) === scale;
}

/** One step of QL on rows `start` to `end`: rotations chase a bulge upwards. */
function sweep(d: Float64Array, e: Float64Array, start: number, end: number): void {
  const half = (d[start + 1]! - d[start]!) / (2 * e[start]!);
  const root = Math.hypot(half, 1);
  let g = d[end]! - d[start]! + e[start]! / (half + (half < 0 ? -root : root));
  let sine = 1, cosine = 1, shifted = 0;
  for (let i = end - 1; i >= start; i--) {
    const f = sine * e[i]!, b = cosine * e[i]!;
    const r = Math.hypot(f, g);
    e[i + 1] = r;
    if (r === 0) {
      d[i + 1]! -= shifted;
      e[end] = 0;
      return;
    }
    sine = f / r;
    cosine = g / r;
    g = d[i + 1]! - shifted;
    const turned = (d[i]! - g) * sine + 2 * cosine * b;
    shifted = sine * turned;
    d[i + 1] = g + shifted;
    g = cosine * turned - b;
  }
  d[start]! -= shifted;
  e[start] = g;
  e[end] = 0;
}
