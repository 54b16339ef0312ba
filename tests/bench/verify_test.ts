import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import process from "node:process";
import { findPython } from "./peers/environment.ts";
import {
  agrees,
  describeVerified,
  largestDifference,
  type VerifiedStep,
  verifySteps,
} from "./verify.ts";

const python = await findPython().catch(() => null);
const skip = python === null && "there is no PyTorch; deno task bench peers --install installs it";
if (skip) process.stdout.write(`Skipping: ${skip}\n`);

/** A step that is so far from PyTorch, which is so far from itself. */
function verified(step: number, difference: number, own = 0): VerifiedStep {
  const losses = { generator: 50, discriminator: 0.7 };
  return {
    weights_of: "Pairlab",
    step,
    pairlab: losses,
    pytorch: losses,
    difference,
    pytorch_difference: own,
  };
}

describe("the difference of losses", () => {
  it("is the largest, as a share of what was expected", () => {
    assertEquals(largestDifference({ a: 11, b: 199 }, { a: 10, b: 200 }), 0.1);
    assertEquals(largestDifference({ a: -9 }, { a: -10 }), 0.1);
    assertEquals(largestDifference({ a: 1, more: 5 }, { a: 1 }), 0);
  });

  it("is infinite where a loss is missing or no number", () => {
    assertEquals(largestDifference({}, { a: 1 }), Infinity);
    assertEquals(largestDifference({ a: NaN }, { a: 1 }), Infinity);
  });
});

describe("losses agree", () => {
  it("if the first step's are the same sums", () => {
    assert(agrees([verified(1, 1e-6)]));
    assert(!agrees([verified(1, 1e-4, 1)]));
  });

  it("if later ones are near, or no further than three times PyTorch from itself till then", () => {
    assert(agrees([verified(2, 9e-4)]));
    assert(!agrees([verified(2, 2e-3)]));
    assert(agrees([verified(2, 0, 1e-3), verified(3, 2e-3)]));
    assert(!agrees([verified(2, 2e-3), verified(3, 0, 1e-3)]));
  });

  it("not by what PyTorch made of other weights", () => {
    const other: VerifiedStep = { ...verified(2, 0, 1e-3), weights_of: "PyTorch" };
    assert(!agrees([other, verified(3, 2e-3)]));
  });

  it("and the table says so", () => {
    assert(describeVerified([verified(1, 0)]).some((line) => line.startsWith("All losses")));
    assert(describeVerified([verified(1, 1)]).some((line) => line.startsWith("Some losses")));
  });
});

describe("two steps of the paper's networks", () => {
  it("give PyTorch's losses, from either's weights", { skip }, async () => {
    const options = {
      python: python ?? "",
      size: 64,
      batch: 1,
      steps: 2,
      backend: "auto" as const,
    };
    const steps = await verifySteps(options);
    assertEquals(steps.map(({ weights_of, step }) => `${weights_of} ${step}`), [
      "Pairlab 1",
      "Pairlab 2",
      "PyTorch 1",
      "PyTorch 2",
    ]);
    assert(agrees(steps), describeVerified(steps).join("\n"));
  });
});
