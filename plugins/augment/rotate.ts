import {
  type Augment,
  checkOneSize,
  checkRange,
  drawFrom,
  type Picture,
  type Range,
  type ResizeKernel,
  rotatePicture,
  turnPicture,
} from "../../core/plugin.ts";

/** How far {@link rotate} turns. */
export interface RotateOptions {
  /**
   * By quarters of a turn, each as likely; of pictures that are not square by none or two. For
   * pictures without an upright. @default false
   */
  readonly quarters?: boolean;
  /** By an angle as well, clockwise, degrees. @default [-5, 5], or 0 with `quarters` */
  readonly degrees?: Range;
  /** `nearest` for label maps; otherwise pixels are mixed bilinearly. @default "bilinear" */
  readonly kernel?: ResizeKernel;
}

/**
 * Turns both pictures of a pair by the same angle about their middles. Their size stays; corners
 * that would be empty show the picture mirrored.
 *
 * @throws {PairlabError} For invalid angles, at once; later for a pair whose two pictures
 * differ in size.
 *
 * @example
 * ```ts
 * import { rotate } from "./rotate.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(32 * 32), width: 32, height: 32, channels: 1 };
 * const pair = { name: "black", input: picture, target: picture };
 * const { input, target } = await rotate({ degrees: [-10, 10] })(pair, randomStream(23));
 * assertEquals(input, target);
 * ```
 */
export function rotate(options: RotateOptions = {}): Augment {
  const { quarters = false, kernel = "bilinear" } = options;
  const degrees = options.degrees ?? (quarters ? 0 : [-5, 5]);
  checkRange(degrees, {
    name: "rotation",
    least: -180,
    most: 180,
    example: "degrees from -180 to 180, e.g. [-5, 5]",
  });
  return function rotatePair(pair, random) {
    const { name, input, target } = pair;
    checkOneSize(pair, "rotate");
    const drawn = random.integer(4);
    const turns = !quarters ? 0 : input.width === input.height ? drawn : 2 * (drawn % 2);
    const angle = drawFrom(degrees, random);
    const rotated = (picture: Picture): Picture => {
      const turned = turnPicture(picture, turns);
      return angle === 0 ? turned : rotatePicture(turned, angle, kernel);
    };
    return { name, input: rotated(input), target: rotated(target) };
  };
}
