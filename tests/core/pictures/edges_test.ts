import { assert, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { drawEdges } from "../../../core/pictures/edges.ts";
import { greyPicture } from "../../../core/pictures/grey.ts";
import type { Picture } from "../../../core/plugin.ts";

/** A grey picture of 40x40 by a level for each place. */
function drawn(level: (x: number, y: number) => number): Picture {
  const data = Uint8Array.from({ length: 1600 }, (_, i) => level(i % 40, Math.floor(i / 40)));
  return { data, width: 40, height: 40, channels: 1 };
}

/** Places of black pixels. */
function black({ data, width, channels }: Picture): [x: number, y: number][] {
  return [...data.entries()].filter(([i, value]) => i % channels === 0 && value === 0).map(
    ([i]) => [(i / channels) % width, Math.floor(i / channels / width)],
  );
}

describe("drawEdges", () => {
  it("draws a circle's edge where it is, closed and thin", () => {
    const circle = drawn((x, y) => Math.hypot(x - 19.5, y - 19.5) < 12 ? 220 : 30);
    const edge = black(drawEdges(circle));
    // Its circumference is 75 pixels.
    assert(edge.length > 55 && edge.length < 90, `${edge.length} pixels`);
    for (const [x, y] of edge) {
      const radius = Math.hypot(x - 19.5, y - 19.5);
      assert(Math.abs(radius - 12) <= 1.1, `(${x}, ${y}) lies at a radius of ${radius}`);
    }
    const sectors = new Set(
      edge.map(([x, y]) => Math.floor(Math.atan2(y - 19.5, x - 19.5) / Math.PI * 12)),
    );
    assertEquals(sectors.size, 24, "all around");
  });

  it("draws nothing of slopes and of nothing", () => {
    assertEquals(black(drawEdges(drawn((x) => 3 * x))).length, 0);
    assertEquals(black(drawEdges(drawn(() => 128))).length, 0);
  });

  it("goes on along what is less steep, but does not begin there", () => {
    // From left to right an edge fades: 6 levels a pixel are too few to begin a line.
    const fading = drawn((x, y) => y < 20 ? 100 : 100 + 120 - 2.4 * x);
    const alone = drawn((_, y) => y < 20 ? 100 : 124);
    const options = { high: 12, low: 4 };
    assert(black(drawEdges(fading, options)).some(([x]) => x > 35));
    assertEquals(black(drawEdges(alone, options)).length, 0);
  });

  it("has as many channels as the picture, all alike, of 16 bits, too", () => {
    const circle = drawn((x, y) => Math.hypot(x - 20, y - 20) < 12 ? 220 : 30);
    const colours = {
      ...circle,
      channels: 3,
      data: Uint16Array.from(
        { length: 4800 },
        (_, i) => circle.data[Math.floor(i / 3)]! * 257,
      ),
    };
    const edges = drawEdges(colours);
    assertEquals(edges.channels, 3);
    assertEquals(black(edges), black(drawEdges(circle)));
    assertEquals([...edges.data].filter((value) => value === 0).length, 3 * black(edges).length);
  });
});

describe("greyPicture", () => {
  it("weighs colours as they look, in any type", () => {
    const colours = new Uint8Array([255, 0, 0, 0, 255, 0, 0, 0, 255, 9, 9, 9]);
    const expected = [76.245, 149.685, 29.07, 9];
    const of = (
      data: Picture["data"],
    ): number[] => [...greyPicture({ data, width: 4, height: 1, channels: 3 }).data];
    for (
      const data of [
        colours,
        Float32Array.from(colours),
        Uint16Array.from(colours, (value) => value * 257),
      ]
    ) {
      for (const [i, value] of of(data).entries()) {
        assert(Math.abs(value - expected[i]!) < 1e-3, `${value}`);
      }
    }
  });

  it("takes the first of two channels, and the first three of many", () => {
    const two = { data: new Uint8Array([7, 99]), width: 1, height: 1, channels: 2 };
    assertEquals(greyPicture(two).data, new Float32Array([7]));
    const five = { data: new Uint8Array([9, 9, 9, 0, 255]), width: 1, height: 1, channels: 5 };
    assert(Math.abs(greyPicture(five).data[0]! - 9) < 1e-3);
  });
});
