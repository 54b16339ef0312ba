/** Outlines of what a picture shows, as line drawings. */
import type { Picture } from "../interfaces/pictures.ts";
import { blurPicture } from "./convolve.ts";
import { greyPicture } from "./grey.ts";

/** Which edges are drawn. */
export interface EdgeOptions {
  /** Blur before edges are looked for, pixels: the larger, the fewer details. @default 1.4 */
  readonly sigma?: number;
  /** Steepness, levels of 0…255 per pixel, at which a line may begin. @default 12 */
  readonly high?: number;
  /** Steepness below which a line ends. @default 5 */
  readonly low?: number;
}

/**
 * Draws the edges of a picture, black on white, one pixel wide: Gaussian blur, the gradient, only
 * where it is steepest across the edge, and lines from steep points on along less steep ones (Canny,
 * 1986).
 *
 * @returns 8 bits, with as many (equal) channels as the picture.
 *
 * @example
 * ```ts
 * import { drawEdges } from "./edges.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const data = Uint8Array.from({ length: 12 * 12 }, (_, i) => i % 12 < 6 ? 0 : 200);
 * const edges = drawEdges({ data, width: 12, height: 12, channels: 1 });
 * // One line from top to bottom, the outermost pixels left out.
 * assertEquals(edges.data.filter((value) => value === 0).length, 10);
 * ```
 */
export function drawEdges(
  picture: Picture,
  { sigma = 1.4, high = 12, low = 5 }: EdgeOptions = {},
): Picture {
  const { width, height, channels } = picture;
  const { steepness, ridge } = gradients(blurPicture(greyPicture(picture), sigma));
  const drawn = follow(steepness, ridge, width, high, low);
  const data = new Uint8Array(width * height * channels).fill(255);
  for (const at of drawn) data.fill(0, at * channels, (at + 1) * channels);
  return { data, width, height, channels };
}

/** How steep each pixel is, and whether no pixel beside it across the edge is steeper. */
function gradients(
  { data, width, height }: Picture,
): { readonly steepness: Float32Array; readonly ridge: Uint8Array } {
  const across = new Float32Array(width * height), down = new Float32Array(width * height);
  const steepness = new Float32Array(width * height), ridge = new Uint8Array(width * height);
  const inside = (visit: (at: number) => void): void => {
    // The outermost pixels have no neighbours on one side.
    for (let y = 1; y < height - 1; y++) {
      for (let x = 1; x < width - 1; x++) visit(y * width + x);
    }
  };
  const value = (at: number): number => data[at]!; // within, as only inner pixels are visited
  inside((at) => {
    const above = at - width, below = at + width;
    // Sobel's weights, brought to levels per pixel.
    across[at] = (value(above + 1) + 2 * value(at + 1) + value(below + 1) -
      value(above - 1) - 2 * value(at - 1) - value(below - 1)) / 8;
    down[at] = (value(below - 1) + 2 * value(below) + value(below + 1) -
      value(above - 1) - 2 * value(above) - value(above + 1)) / 8;
    steepness[at] = Math.hypot(across[at]!, down[at]!);
  });
  inside((at) => {
    const step = stepAcross(across[at]!, down[at]!, width);
    // Of two equally steep neighbours the first is kept.
    if (steepness[at]! > steepness[at - step]! && steepness[at]! >= steepness[at + step]!) {
      ridge[at] = 1;
    }
  });
  return { steepness, ridge };
}

/** From a pixel to its neighbour in the direction of the gradient, one of eight. */
function stepAcross(across: number, down: number, width: number): number {
  const steep = Math.abs(down), flat = Math.abs(across);
  const tangent = Math.tan(Math.PI / 8);
  if (steep <= flat * tangent) return 1;
  if (flat <= steep * tangent) return width;
  return across * down > 0 ? width + 1 : width - 1;
}

/** Ridges that are steep, and what is connected to them and not too flat. */
function follow(
  steepness: Float32Array,
  ridge: Uint8Array,
  width: number,
  high: number,
  low: number,
): Set<number> {
  const drawn = new Set<number>();
  const open: number[] = [];
  for (const [at, is] of ridge.entries()) if (is === 1 && steepness[at]! >= high) open.push(at);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (drawn.has(at)) continue;
    drawn.add(at);
    for (const row of [-width, 0, width]) {
      for (const column of [-1, 0, 1]) {
        const other = at + row + column;
        if (ridge[other] === 1 && steepness[other]! >= low) open.push(other);
      }
    }
  }
  return drawn;
}
