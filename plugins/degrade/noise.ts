import {
  checkRange,
  type Degradation,
  drawFrom,
  type Picture,
  type Range,
} from "../../core/plugin.ts";

/** How {@link noise} disturbs pixels. */
export interface NoiseOptions {
  /** Standard deviation, levels of 0…255. @default [5, 25] */
  readonly deviation?: Range;
  /** Each channel by itself, or all channels of a pixel alike. @default true */
  readonly colour?: boolean;
}

/**
 * Adds Gaussian noise to every pixel, clipped to what pixels can be.
 *
 * @throws {PairlabError} For an invalid deviation, at once.
 *
 * @example
 * ```ts
 * import { noise } from "./noise.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assert, assertEquals } from "@std/assert";
 *
 * const grey = { data: new Uint8Array(1024).fill(128), width: 32, height: 32, channels: 1 };
 * const { picture, parameters } = await noise({ deviation: 10 }).apply(grey, randomStream(23));
 * const mean = picture.data.reduce((sum, value) => sum + value, 0) / 1024;
 * assert(Math.abs(mean - 128) < 2);
 * assertEquals(parameters, { deviation: 10 });
 * ```
 */
export function noise({ deviation = [5, 25], colour = true }: NoiseOptions = {}): Degradation {
  checkRange(deviation, {
    name: "deviation",
    least: 0,
    most: 255,
    example: "0 to 255, e.g. [5, 25]",
  });
  return {
    name: "noise",
    apply(picture, random) {
      const drawn = drawFrom(deviation, random);
      const seed = Array.from({ length: 4 }, () => random.integer(2 ** 32));
      return {
        picture: disturb(picture, drawn, colour, normals(seed)),
        parameters: { deviation: drawn },
      };
    },
  };
}

function disturb(
  picture: Picture,
  deviation: number,
  colour: boolean,
  normal: () => number,
): Picture {
  const { channels } = picture;
  const data = picture.data.slice();
  const most = data instanceof Uint16Array ? 65535 : 255;
  const scale = deviation * most / 255, round = data instanceof Float32Array ? 0 : 0.5;
  let disturbance = 0;
  for (let i = 0; i < data.length; i++) {
    if (colour || i % channels === 0) disturbance = normal() * scale;
    data[i] = Math.min(most, Math.max(0, data[i]! + disturbance + round)); // within its length
  }
  return { ...picture, data };
}

/**
 * Standard normal numbers by Box and Muller from sfc32 (Doty-Humphrey's small fast counter): the
 * stream itself would take a tenth of a second for a picture.
 */
function normals(seed: readonly number[]): () => number {
  let [a = 0, b = 0, c = 0, counter = 0] = seed.map((word) => word | 0);
  const uniform = (): number => {
    const sum = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + sum | 0;
    return (sum >>> 0) / 2 ** 32;
  };
  for (let i = 0; i < 12; i++) uniform();
  let spare: number | undefined;
  return () => {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  };
}
