/** What plug-ins must keep to where an engine compiles. */
import { assert, assertEquals } from "@std/assert";
import { after, before, describe } from "@std/testing/bdd";
import { startTensorflow } from "../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../core/backends/tensorflow/library.ts";

const library = await findLibrary();

/** Describes claims on an engine that compiles, started before and closed after; skips without. */
export function describeCompiled(what: string, claims: () => void): void {
  const skip = library === null
    ? "TensorFlow's library is not here: deno task setup fetches it"
    : false;
  describe(`${what}, compiled`, { skip }, () => {
    let engine: { close(): void } | undefined;
    before(async () => {
      engine = await startTensorflow({ library: library?.path ?? "" });
    });
    after(() => engine?.close());
    claims();
  });
}

const HINT = "a compiled function is run once to see what it does, and then does the same for " +
  "ever: whatever changes from step to step must be a tensor or variable that tf operations read, " +
  "no number of JavaScript's, and no value may be read with dataSync or arraySync";

/**
 * Asserts that compiled results are those of the same code as it is, up to a share of the largest
 * number: an optimised graph may sum in another order.
 */
export function assertSameCompiled(
  compiled: readonly (readonly number[])[],
  asItIs: readonly (readonly number[])[],
): void {
  assertEquals(compiled.length, asItIs.length, `numbers of results: ${HINT}`);
  for (const [index, values] of compiled.entries()) {
    const expected = asItIs[index]!;
    assertEquals(values.length, expected.length, `result ${index}: its length; ${HINT}`);
    const allowed = 1e-4 * Math.max(...expected.map(Math.abs), 1e-6);
    const worst = Math.max(
      ...values.map((value, place) => Math.abs(value - expected[place]!)),
    );
    assert(
      worst <= allowed,
      `result ${index} differs by ${worst} when it is compiled, more than ${allowed}: ${HINT}`,
    );
  }
}
