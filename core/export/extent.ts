/** Extents of tensors as functions of the size of the pictures that a network is given. */

/** The size of a batch of pictures. */
export interface BatchSize {
  readonly batch: number;
  readonly height: number;
  readonly width: number;
}

/** One summand of an {@link Extent}: the coefficient times those variables that are named. */
export interface Term {
  /** A whole number. */
  readonly coefficient: number;
  readonly variables: readonly (keyof BatchSize)[];
}

/**
 * A whole number that depends on the size of the batch: the sum of the terms by the divisor, such
 * as `(batch * height) / 4` or `width + 6`. Each variable stands at most once in a term.
 */
export interface Extent {
  readonly terms: readonly Term[];
  readonly divisor: number;
}

const VARIABLES = ["batch", "height", "width"] as const;

/** The extent that is the same for all sizes. */
export function constantExtent(value: number): Extent {
  return { terms: value === 0 ? [] : [{ coefficient: value, variables: [] }], divisor: 1 };
}

/** The value of a constant extent; undefined if it depends on the size. */
export function constantOf({ terms, divisor }: Extent): number | undefined {
  if (terms.length === 0) return 0;
  const [term] = terms;
  return terms.length === 1 && term!.variables.length === 0
    ? term!.coefficient / divisor
    : undefined;
}

/**
 * The value of an extent for one size.
 *
 * @example
 * ```ts
 * import { evaluateExtent, fitExtent } from "./extent.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const half = fitExtent({ batch: [1, 2], height: [8, 16], width: [8, 16] }, ({ width }) => width / 2);
 * assertEquals(evaluateExtent(half!, { batch: 1, height: 32, width: 64 }), 32);
 * ```
 */
export function evaluateExtent({ terms, divisor }: Extent, size: BatchSize): number {
  const sum = terms.reduce(
    (total, { coefficient, variables }) =>
      total + variables.reduce((product, name) => product * size[name], coefficient),
    0,
  );
  return sum / divisor;
}

/** Two values of each variable, at which an extent is known. */
export type Grid = { readonly [Name in keyof BatchSize]: readonly [number, number] };

/** All eight sizes of a grid. */
export function sizesOf({ batch, height, width }: Grid): BatchSize[] {
  return batch.flatMap((b) =>
    height.flatMap((h) => width.map((w) => ({ batch: b, height: h, width: w })))
  );
}

/**
 * The extent that has the given values at the eight sizes of a grid: the only function that is
 * linear in each variable and does.
 *
 * @param valueAt Its value at a size, the nth of {@link sizesOf}.
 */
export function fitExtent(
  grid: Grid,
  valueAt: (size: BatchSize, index: number) => number,
): Extent {
  const steps = VARIABLES.map((name) => grid[name][1] - grid[name][0]);
  const divisor = steps.reduce((product, step) => product * step, 1);
  const sizes = sizesOf(grid);
  const terms: Term[] = [];
  for (let subset = 0; subset < 8; subset++) {
    const chosen = VARIABLES.filter((_, index) => (subset >> index) & 1);
    // Of each variable: the slope where it is chosen, the value at 0 where it is not, times the step.
    let coefficient = 0;
    for (const [index, size] of sizes.entries()) {
      const weight = VARIABLES.reduce((product, name) => {
        const [low, high] = grid[name];
        const atHigh = size[name] === high;
        if (chosen.includes(name)) return product * (atHigh ? 1 : -1);
        return product * (atHigh ? -low : high);
      }, 1);
      coefficient += weight * valueAt(size, index);
    }
    if (coefficient !== 0) terms.push({ coefficient, variables: chosen });
  }
  return reduce({ terms, divisor });
}

function reduce({ terms, divisor }: Extent): Extent {
  const gcd = (a: number, b: number): number => b === 0 ? Math.abs(a) : gcd(b, a % b);
  const common = terms.reduce((factor, { coefficient }) => gcd(factor, coefficient), divisor);
  return {
    terms: terms.map((term) => ({ ...term, coefficient: term.coefficient / common })),
    divisor: divisor / common,
  };
}
