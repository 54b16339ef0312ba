import {
  type Augment,
  cropPicture,
  mirrorPicture,
  PairlabError,
  type Picture,
  type ResizeKernel,
  resizePicture,
} from "../../core/plugin.ts";

/** How far {@link jitter} moves pictures. */
export interface JitterOptions {
  /** Height and width that both pictures are resized to, pixels. @default 286 */
  readonly load?: number;
  /** Height and width that is cut out of them, pixels. @default 256 */
  readonly crop?: number;
  /** Mirrors every other pair left to right, at random. @default true */
  readonly mirror?: boolean;
  /** How both pictures are resized; `nearest` for label maps. @default "cubic" */
  readonly kernel?: ResizeKernel;
}

/**
 * Random jitter (section 6.2 of the paper): resizes both pictures of a pair to `load` x `load`, cuts
 * the same random `crop` x `crop` out of both, and mirrors both or neither, each as likely.
 *
 * The aspect ratio is not kept. Every offset from 0 to `load - crop` is as likely, in each
 * direction.
 *
 * @throws {PairlabError} At once for sizes that do not go together; later for a pair whose two
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
  if (![load, crop].every((n) => Number.isInteger(n) && n > 0) || crop > load) {
    throw new PairlabError(
      `Cannot cut ${crop}x${crop} out of pictures resized to ${load}x${load}: ` +
        "whole numbers with crop up to load would work, e.g. load 286 and crop 256",
    );
  }
  return async function jitterPair(pair, random) {
    const { name, input, target } = pair;
    if (input.width !== target.width || input.height !== target.height) {
      throw new PairlabError(
        `Cannot jitter the pair "${name}": its input is ${sizeOf(input)} and its target ` +
          `${sizeOf(target)}, two pictures of one size would work`,
      );
    }
    const left = random.integer(load - crop + 1);
    const top = random.integer(load - crop + 1);
    const mirrored = random.uniform() < 0.5 && mirror;
    const jittered = async (picture: Picture): Promise<Picture> => {
      const loaded = await resizePicture(picture, { width: load, height: load }, kernel);
      const cut = cropPicture(loaded, { left, top, width: crop, height: crop });
      return mirrored ? mirrorPicture(cut) : cut;
    };
    return { name, input: await jittered(input), target: await jittered(target) };
  };
}

function sizeOf({ width, height }: Picture): string {
  return `${width}x${height}`;
}
