/** Claims on plug-ins on an engine that compiles. */
import { assert, assertEquals } from "@std/assert";
import { after, before, describe } from "@std/testing/bdd";
import { startTensorflow } from "../../core/backends/tensorflow/backend.ts";
import { findLibrary } from "../../core/backends/tensorflow/library.ts";

const library = await findLibrary();

/** Describes claims on an engine that compiles; skipped if there is none. */
export function describeCompiled(what: string, claims: () => void): void {
  const skip = library === null
    ? "TensorFlow's library is missing: deno task setup fetches it"
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

const HINT =
  "a compiled function runs once, to be recorded: what changes between steps must be a " +
  "tensor or variable, not a JavaScript number, and dataSync or arraySync must not be used";

/**
 * Asserts that compiled results equal those of the same code uncompiled, up to a share of the largest
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
