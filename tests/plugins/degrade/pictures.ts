/** Pictures for tests of degradations. */
import type { Degradation, Picture } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";

/** A grey square with structure at every scale: what blur takes away can be measured. */
export function structured(size = 64): Picture {
  const random = randomStream(7, "structured");
  const data = Uint8Array.from({ length: size * size }, (_, i) => {
    const x = i % size, y = Math.floor(i / size);
    return 128 + 40 * Math.sin(x / 5) + 40 * Math.sin(y / 7) + 30 * (random.uniform() - 0.5);
  });
  return { data, width: size, height: size, channels: 1 };
}

/** A bright point in the middle of a dark square: what becomes of it is the blur's shape. */
export function point(size = 41): Picture {
  const data = new Float32Array(size * size);
  data[(size * size - 1) / 2] = 255;
  return { data, width: size, height: size, channels: 1 };
}

/** What a degradation makes of a picture, for one seed. */
export async function spoil(
  degradation: Degradation,
  picture: Picture,
  seed = 1,
): Promise<Picture> {
  return (await degradation.apply(picture, randomStream(seed))).picture;
}

/** The mean of the pixels. */
export function mean({ data }: Picture): number {
  return [...data].reduce((sum, value) => sum + value, 0) / data.length;
}

/** Root of the mean squared difference. */
export function difference(a: Picture, b: Picture): number {
  const squares = [...a.data].map((value, i) => (value - b.data[i]!) ** 2);
  return Math.sqrt(squares.reduce((sum, value) => sum + value, 0) / squares.length);
}

/** How far a point has spread along and across an angle, as standard deviations in pixels. */
export function spread(
  { data, width }: Picture,
  degrees: number,
): { readonly along: number; readonly across: number } {
  const cosine = Math.cos(degrees * Math.PI / 180), sine = Math.sin(degrees * Math.PI / 180);
  const middle = (width - 1) / 2;
  let light = 0, along = 0, across = 0;
  for (const [i, value] of data.entries()) {
    const x = i % width - middle, y = Math.floor(i / width) - middle;
    light += value;
    along += value * (x * cosine + y * sine) ** 2;
    across += value * (y * cosine - x * sine) ** 2;
  }
  return { along: Math.sqrt(along / light), across: Math.sqrt(across / light) };
}
