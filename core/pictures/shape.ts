/** Sizes and shapes of pictures: compared, and in words. */
import type { ImageShape } from "../interfaces/pictures.ts";

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** True if both have the same height and width. */
export function hasSize(a: Size, b: Size): boolean {
  return a.height === b.height && a.width === b.width;
}

/** True if both have the same height, width and channels. */
export function hasShape(a: ImageShape, b: ImageShape): boolean {
  return hasSize(a, b) && a.channels === b.channels;
}

/** A shape in words, width first as people say it: `256x256, 3 channels`. */
export function describeShape({ height, width, channels }: ImageShape): string {
  return `${width}x${height}, ${channels} channel${channels === 1 ? "" : "s"}`;
}
