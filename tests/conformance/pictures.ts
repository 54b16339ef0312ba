/** Pictures for suites of whatever changes pictures. */
import { assert, assertEquals } from "@std/assert";
import type { Pair, Picture } from "../../core/plugin.ts";
import { randomStream } from "../../core/random/stream.ts";

/** What pixels are kept in. */
export type PixelType = "8 bits" | "16 bits" | "floats";

/** What a picture should be like. */
export interface PictureKind {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly type: PixelType;
}

/** Kinds that everything should cope with. */
export const KINDS: readonly PictureKind[] = [
  { width: 48, height: 48, channels: 3, type: "8 bits" },
  { width: 64, height: 48, channels: 3, type: "floats" },
  { width: 48, height: 64, channels: 1, type: "16 bits" },
  { width: 49, height: 51, channels: 1, type: "8 bits" },
];

/** A kind in words. */
export function wordsFor({ width, height, channels, type }: PictureKind): string {
  return `${width}x${height}, ${channels} ${channels === 1 ? "channel" : "channels"}, ${type}`;
}

/** Slopes and noise, not the same in any direction; `seed` makes others. */
export function patterned({ width, height, channels, type }: PictureKind, seed = 0): Picture {
  const random = randomStream(seed, "pattern");
  const levels = Float32Array.from({ length: width * height * channels }, (_, i) => {
    const pixel = Math.floor(i / channels);
    const slope = (pixel % width) / width + 2 * Math.floor(pixel / width) / height;
    return 20 + 60 * slope + 30 * random.uniform();
  });
  const data = type === "floats"
    ? levels
    : type === "8 bits"
    ? Uint8Array.from(levels)
    : Uint16Array.from(levels, (level) => level * 257);
  return { data, width, height, channels };
}

/** A copy that shares no memory. */
export function copyOf(picture: Picture): Picture {
  return { ...picture, data: picture.data.slice() };
}

/** {@link copyOf} for both sides of a pair. */
export function copyOfPair({ name, input, target }: Pair): Pair {
  return { name, input: copyOf(input), target: copyOf(target) };
}

/** Asserts that a picture is what the interface says. */
export function assertPicture(what: string, { data, width, height, channels }: Picture): void {
  for (const extent of [width, height, channels]) {
    assert(Number.isInteger(extent) && extent >= 1, `${what}: ${width}x${height}x${channels}`);
  }
  assertEquals(data.length, width * height * channels, `${what}: its pixels`);
  // 16 bits and 8 cannot leave their range.
  if (data instanceof Float32Array) {
    assert(data.every((value) => value >= 0 && value <= 255), `${what}: it leaves 0…255`);
  }
}
