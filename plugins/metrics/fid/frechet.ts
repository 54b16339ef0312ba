/** The Fréchet distance between two sets of vectors, as if each were drawn from a Gaussian. */
import { symmetricEigenvalues } from "./eigenvalues.ts";

/**
 * |m₁ - m₂|² + tr(S₁ + S₂ - 2 (S₁ S₂)^½) of the sets' means and sample covariances (Dowson and
 * Landau 1982, equation 4), in double precision.
 *
 * The trace of (S₁ S₂)^½ is the sum of the singular values of F₁ F₂ᵀ, where Sᵢ = Fᵢᵀ Fᵢ: no matrix
 * to decompose is larger than the smaller of the number of vectors and their length.
 *
 * @param a Vectors of one length, two or more.
 * @param b The same length.
 */
export function frechetDistance(a: readonly Float32Array[], b: readonly Float32Array[]): number {
  const [ofA, ofB] = [describe(a), describe(b)];
  const products = multiplyTransposed(ofA.factor, ofB.factor);
  const squares = symmetricEigenvalues(multiplyTransposed(products, products));
  const root = squares.reduce((sum, value) => sum + Math.sqrt(Math.max(0, value)), 0);
  const means = ofA.mean.reduce((sum, value, index) => sum + (value - ofB.mean[index]!) ** 2, 0);
  return means + ofA.trace + ofB.trace - 2 * root;
}

interface Description {
  readonly mean: Float64Array;
  /** Of the covariance. */
  readonly trace: number;
  /** Rows F, so that FᵀF is the covariance. */
  readonly factor: readonly Float64Array[];
}

function describe(vectors: readonly Float32Array[]): Description {
  const count = vectors.length, length = vectors[0]!.length;
  const mean = new Float64Array(length);
  for (const vector of vectors) {
    for (let i = 0; i < length; i++) mean[i]! += vector[i]! / count;
  }
  const scale = 1 / Math.sqrt(count - 1);
  const rows = vectors.map((vector) =>
    Float64Array.from(vector, (value, i) => (value - mean[i]!) * scale)
  );
  const trace = rows.reduce((sum, row) => sum + dot(row, row), 0);
  return { mean, trace, factor: count <= length ? rows : upperFactor(rows) };
}

/** The Cholesky factor R of FᵀF = RᵀR, for fewer rows than F has. */
function upperFactor(rows: readonly Float64Array[]): Float64Array[] {
  const length = rows[0]!.length;
  const columns = Array.from(
    { length },
    (_, i) => Float64Array.from(rows, (row) => row[i]!),
  );
  const factor = multiplyTransposed(columns, columns);
  const largest = Math.max(...factor.map((row, i) => row[i]!));
  for (let k = 0; k < length; k++) {
    const row = factor[k]!, pivot = row[k]!;
    row.fill(0, 0, k);
    // The vectors have no component in this direction.
    if (pivot <= 1e-14 * largest) {
      row.fill(0);
      continue;
    }
    const root = Math.sqrt(pivot);
    for (let j = k; j < length; j++) row[j]! /= root;
    for (let i = k + 1; i < length; i++) {
      const below = factor[i]!, share = row[i]!;
      for (let j = i; j < length; j++) below[j]! -= share * row[j]!;
    }
  }
  return factor;
}

/** A Bᵀ. */
function multiplyTransposed(
  a: readonly Float64Array[],
  b: readonly Float64Array[],
): Float64Array[] {
  return a.map((row) => Float64Array.from(b, (other) => dot(row, other)));
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
