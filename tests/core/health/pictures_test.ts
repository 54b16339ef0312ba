import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { comparePictures, peaksOf } from "../../../core/health/pictures.ts";
import type { Picture } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";

const SIZE = 64;

/** A picture of what a function says of each place. */
function draw(level: (x: number, y: number) => number): Picture {
  const data = new Uint8Array(SIZE * SIZE * 3);
  for (let y = 0; y < SIZE; y++) {
    for (let x = 0; x < SIZE; x++) {
      data.fill(
        Math.max(0, Math.min(255, level(x, y))),
        (y * SIZE + x) * 3,
        (y * SIZE + x) * 3 + 3,
      );
    }
  }
  return { data, width: SIZE, height: SIZE, channels: 3 };
}

/** A landscape: coarse waves and, if asked for, a grain. */
const landscape = (seed: number, grain = 4) => {
  const random = randomStream(seed, "landscape", 0);
  const phase = 6 * random.uniform();
  return (x: number, y: number): number =>
    128 + 60 * Math.sin(x / 9 + phase) * Math.cos(y / 13) + grain * (random.uniform() - 0.5);
};

describe("what predictions tell", () => {
  it("is the distance to the target, and that of the input", () => {
    const pair = (input: number, target: number, prediction: number) => ({
      input: draw(() => input),
      target: draw(() => target),
      prediction: draw(() => prediction),
    });
    const { l1, inputL1, diversity, response } = comparePictures([
      pair(0, 51, 102),
      pair(102, 153, 127.5),
    ]);
    // By hand: 51 and 26 (127.5 is cut to 127) of 255; both inputs are 51 off.
    assertAlmostEquals(l1, (51 + 26) / 2 / 255, 1e-6);
    assertAlmostEquals(inputL1, 51 / 255, 1e-6);
    // Predictions are 25 apart, targets and inputs 102.
    assertAlmostEquals(diversity, 25 / 102, 1e-6);
    assertAlmostEquals(response, 25 / 102, 1e-6);
  });

  it("finds no diversity where all predictions are one", () => {
    const pairs = [1, 2, 3].map((seed) => ({
      input: draw(landscape(seed)),
      target: draw(landscape(seed)),
      prediction: draw(landscape(9, 0)),
    }));
    const { diversity, response } = comparePictures(pairs);
    assertEquals([diversity, response], [0, 0]);
  });

  it("counts values at the ends of the range, less those of the target", () => {
    const pair = (target: number, prediction: (x: number) => number) => ({
      input: draw(() => 9),
      target: draw(() => target),
      prediction: draw(prediction),
    });
    const half = (x: number): number => x < SIZE / 2 ? 0 : 99;
    assertEquals(comparePictures([pair(9, half)]).saturated, 0.5);
    assertEquals(comparePictures([pair(255, half)]).saturated, -0.5);
  });

  it("sees a grid at each stride's period, however faint beside the picture, and none without", () => {
    const plain = peaksOf([1, 2, 3].map((seed) => draw(landscape(seed))));
    assert(plain.every((peak) => peak < 3), `without a grid: ${plain}`);
    for (const [index, period] of [2, 4, 8].entries()) {
      const grid = [1, 2, 3].map((seed) => {
        const base = landscape(seed);
        return draw((x, y) => base(x, y) + ((x % period) < period / 2 ? 9 : -9));
      });
      const peaks = peaksOf(grid);
      assert(peaks[index]! > 15, `a grid of ${period}: ${peaks}`);
      const turned = peaksOf([
        draw((x, y) => landscape(1, 0)(x, y) + ((y % period) < period / 2 ? 9 : -9)),
      ]);
      assert(turned[index]! > 15, `a grid of rows of ${period}: ${turned}`);
    }
  });

  it("forgives a grid that the target has too", () => {
    const striped = draw((x, y) => landscape(1)(x, y) + (x % 2 === 0 ? 9 : -9));
    const { checkerboard } = comparePictures([
      { input: striped, target: striped, prediction: striped },
    ]);
    assertAlmostEquals(checkerboard, 1, 0.5);
  });
});
