import {
  type Augment,
  checkOneSize,
  cropPicture,
  describeSize,
  mirrorPicture,
  PairlabError,
  type Picture,
  type ResizeKernel,
  resizePicture,
  type Size,
} from "../../core/plugin.ts";

/** How far {@link jitter} moves pictures. */
export interface JitterOptions {
  /** What both pictures are resized to, pixels; one number is a square's side. @default 286 */
  readonly load?: number | Size;
  /** What is cut out of them, pixels. @default 256 */
  readonly crop?: number | Size;
  /** Mirrors every other pair left to right, at random. @default true */
  readonly mirror?: boolean;
  /** How both pictures are resized; `nearest` for label maps. @default "cubic" */
  readonly kernel?: ResizeKernel;
}

/**
 * Random jitter (section 6.2 of the paper): resizes both pictures of a pair to `load`, cuts the same
 * random `crop` out of both, and mirrors both or neither, each as likely.
 *
 * The aspect ratio is not kept. Every offset from 0 to `load - crop` is as likely, in each
 * direction.
 *
 * @throws {PairlabError} For sizes that do not fit, at once; later for a pair whose two
 * pictures differ in size, since one crop would not show the same in both.
 *
 * @example
 * ```ts
 * import { jitter } from "./jitter.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64, channels: 3 };
 * const augment = jitter({ load: 72, crop: 64 });
 * const pair = await augment({ name: "black", input: picture, target: picture }, randomStream(23));
 * assertEquals([pair.input.width, pair.target.width], [64, 64]);
 * ```
 */
export function jitter(
  { load = 286, crop = 256, mirror = true, kernel = "cubic" }: JitterOptions = {},
): Augment {
  const loaded = sizeOf(load), cut = sizeOf(crop);
  const extents = [loaded.width, loaded.height, cut.width, cut.height];
  const fits = cut.width <= loaded.width && cut.height <= loaded.height;
  if (!fits || !extents.every((n) => Number.isInteger(n) && n > 0)) {
    throw new PairlabError(
      `Cannot cut ${describeSize(cut)} out of pictures resized to ${describeSize(loaded)}. ` +
        "Use whole numbers with crop up to load, e.g. load 286 and crop 256.",
    );
  }
  return async function jitterPair(pair, random) {
    const { name, input, target } = pair;
    checkOneSize(pair, "jitter");
    const left = random.integer(loaded.width - cut.width + 1);
    const top = random.integer(loaded.height - cut.height + 1);
    const mirrored = random.uniform() < 0.5 && mirror;
    const jittered = async (picture: Picture): Promise<Picture> => {
      const resized = await resizePicture(picture, loaded, kernel);
      const part = cropPicture(resized, { left, top, ...cut });
      return mirrored ? mirrorPicture(part) : part;
    };
    return { name, input: await jittered(input), target: await jittered(target) };
  };
}

function sizeOf(size: number | Size): Size {
  return typeof size === "number" ? { width: size, height: size } : size;
}
