import {
  checkRange,
  type Degradation,
  drawFrom,
  PairlabError,
  type Range,
  type ResizeKernel,
  resizePicture,
} from "../../core/plugin.ts";

/** How small {@link downUp} makes pictures in between. */
export interface DownUpOptions {
  /** By which factor, in each direction. @default [2, 4] */
  readonly factor?: Range;
  /** How it shrinks: `bilinear` and `nearest` alias as cheap cameras do. @default "cubic" */
  readonly down?: ResizeKernel;
  /** How it enlarges again. @default "cubic" */
  readonly up?: ResizeKernel;
}

const KERNELS: readonly ResizeKernel[] = ["cubic", "bilinear", "nearest"];

/**
 * Shrinks a picture and enlarges it to its size again: what super-resolution is to undo.
 *
 * @throws {PairlabError} For a factor below 1 or an unknown kernel, at once.
 *
 * @example
 * ```ts
 * import { downUp } from "./down_up.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const stripes = { data: new Uint8Array([0, 100, 0, 100]), width: 4, height: 1, channels: 1 };
 * const { picture } = await downUp({ factor: 2, up: "nearest" }).apply(stripes, randomStream(23));
 * assertEquals(picture.data.length, 4);
 * assertEquals(picture.data[0], picture.data[1]);
 * ```
 */
export function downUp(
  { factor = [2, 4], down = "cubic", up = "cubic" }: DownUpOptions = {},
): Degradation {
  for (const kernel of [down, up]) {
    if (KERNELS.includes(kernel)) continue;
    throw new PairlabError(
      `Cannot resize by "${kernel}". Use ${KERNELS.map((name) => `"${name}"`).join(", ")}.`,
    );
  }
  checkRange(factor, { name: "factor", least: 1, most: 1000, example: "1 or more, e.g. [2, 4]" });
  return {
    name: "downUp",
    async apply(picture, random) {
      const drawn = drawFrom(factor, random);
      const small = await resizePicture(picture, {
        width: Math.max(1, Math.round(picture.width / drawn)),
        height: Math.max(1, Math.round(picture.height / drawn)),
      }, down);
      return { picture: await resizePicture(small, picture, up), parameters: { factor: drawn } };
    },
  };
}
