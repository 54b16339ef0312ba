/** Pictures of any size and aspect ratio into the frame that the networks take. */
import type { Fit, ResizeKernel } from "../interfaces/experiment.ts";
import type { Picture } from "../interfaces/pictures.ts";
import { cropPicture, padPicture, type Rectangle } from "./geometry.ts";
import { resizePicture } from "./resize.ts";
import type { Size } from "./shape.ts";

/** How {@link fitToSize} brings pictures to a frame. */
export interface FitOptions {
  /** @default "cubic" */
  readonly kernel?: ResizeKernel;
  /** Aspect-ratio policy. @default "resize" */
  readonly fit?: Fit;
}

/** The size of a fitted picture and its corner in the frame (negative: cut off). */
export type Placement = Rectangle;

/**
 * Where a picture is placed in a frame; the picture and the frame have the same middle, as far
 * as whole pixels allow.
 *
 * @example
 * ```ts
 * import { placeInFrame } from "./fit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const wide = { width: 400, height: 200 }, frame = { width: 100, height: 100 };
 * assertEquals(placeInFrame(wide, frame, "cover"), { left: -50, top: 0, width: 200, height: 100 });
 * assertEquals(placeInFrame(wide, frame, "pad"), { left: 0, top: 25, width: 100, height: 50 });
 * ```
 */
export function placeInFrame(picture: Size, frame: Size, fit: Fit): Placement {
  const across = frame.width / picture.width, down = frame.height / picture.height;
  const scale = fit === "pad"
    ? Math.min(across, down)
    : fit === "cover"
    ? Math.max(across, down)
    : Math.max(across, down, 1);
  const extent = (of: number, to: number): number =>
    fit === "resize" ? to : fit === "pad"
      // A thin line stays a line.
      ? Math.max(1, Math.min(to, Math.round(of * scale)))
      : Math.max(to, Math.round(of * scale));
  const width = extent(picture.width, frame.width);
  const height = extent(picture.height, frame.height);
  return {
    left: Math.floor((frame.width - width) / 2),
    top: Math.floor((frame.height - height) / 2),
    width,
    height,
  };
}

/**
 * Brings a picture to a size, as the fit says. A picture that has the size is returned as it is.
 *
 * @throws {RangeError} If the size is not of whole, positive numbers.
 *
 * @example
 * ```ts
 * import { fitToSize } from "./fit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const wide = { data: new Uint8Array([10, 20, 30, 40]), width: 4, height: 1, channels: 1 };
 * const cut = await fitToSize(wide, { width: 2, height: 1 }, { fit: "crop" });
 * assertEquals(cut.data, new Uint8Array([20, 30]));
 * ```
 */
export async function fitToSize(
  picture: Picture,
  size: Size,
  { kernel = "cubic", fit = "resize" }: FitOptions = {},
): Promise<Picture> {
  const { width, height } = size;
  const place = placeInFrame(picture, size, fit);
  const resized = await resizePicture(picture, place, kernel);
  if (place.width === width && place.height === height) return resized;
  if (fit === "pad") return padPicture(resized, { ...place, ...size });
  return cropPicture(resized, { left: -place.left, top: -place.top, width, height });
}

/**
 * Undoes {@link fitToSize} for what a network made of a picture: cuts the padding off and brings
 * what is left to the scale of the original. What was cut off before cannot come back: the result
 * shows the same part of the original as the network saw.
 *
 * @param original The size of the picture before it was fitted.
 *
 * @example
 * ```ts
 * import { unfit } from "./fit.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const result = { data: new Uint8Array([0, 0, 7, 7, 0, 0]), width: 2, height: 3, channels: 1 };
 * const { width, height, data } = await unfit(result, { width: 4, height: 2 }, {
 *   fit: "pad",
 *   kernel: "nearest",
 * });
 * assertEquals([width, height], [4, 2]);
 * assertEquals(data, new Uint8Array(8).fill(7));
 * ```
 */
export async function unfit(
  result: Picture,
  original: Size,
  { kernel = "cubic", fit = "resize" }: FitOptions = {},
): Promise<Picture> {
  const place = placeInFrame(original, result, fit);
  const left = Math.max(0, place.left), top = Math.max(0, place.top);
  const width = Math.min(result.width, place.width), height = Math.min(result.height, place.height);
  const shown = cropPicture(result, { left, top, width, height });
  return await resizePicture(shown, {
    width: Math.round(width * original.width / place.width),
    height: Math.round(height * original.height / place.height),
  }, kernel);
}
