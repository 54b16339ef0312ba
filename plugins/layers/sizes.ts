/** Sizes in the error messages of networks. */
import { type ImageShape, PairlabError, type TaskShape } from "../../core/plugin.ts";

type Size = Pick<ImageShape, "height" | "width">;

/**
 * A size in words, width first.
 *
 * @example
 * ```ts
 * import { sizeInWords } from "./sizes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizeInWords({ height: 256, width: 512 }), "512x256");
 * ```
 */
export function sizeInWords({ width, height }: Size): string {
  return `${width}x${height}`;
}

/**
 * The nearest sizes whose extents are multiples of `step`, at least `least` of them.
 *
 * @example
 * ```ts
 * import { sizesNear } from "./sizes.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(sizesNear({ height: 512, width: 300 }, 256), "256x512 or 512x512");
 * ```
 */
export function sizesNear({ width, height }: Size, step: number, least: number = 1): string {
  const near = (round: (x: number) => number): string => {
    const fit = (extent: number): number => Math.max(round(extent / step), least) * step;
    return sizeInWords({ width: fit(width), height: fit(height) });
  };
  return [...new Set([near(Math.floor), near(Math.ceil)])].join(" or ");
}

/**
 * Checks that input and target have the same size.
 *
 * @param network Name with its article, e.g. `a U-Net`.
 * @throws {PairlabError} If they are not.
 *
 * @example
 * ```ts
 * import { checkSameSize } from "./sizes.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const input = { height: 16, width: 16, channels: 3 };
 * const target = { ...input, width: 32 };
 * assertThrows(() => checkSameSize("a U-Net", { input, target }), Error, "from 16x16 to 32x16");
 * ```
 */
export function checkSameSize(network: string, { input, target }: TaskShape): void {
  if (input.height === target.height && input.width === target.width) return;
  throw new PairlabError(
    `Cannot build ${network} from ${sizeInWords(input)} to ${
      sizeInWords(target)
    }. Use the same size for both.`,
  );
}

/**
 * Checks that both extents are multiples of a number.
 *
 * @param network Name with its article, e.g. `a U-Net`.
 * @throws {PairlabError} If they are not; the message names sizes that are.
 *
 * @example
 * ```ts
 * import { checkMultiple } from "./sizes.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const size = { height: 16, width: 18 };
 * assertThrows(() => checkMultiple("NAFNet", size, 4), Error, "Use 16x16 or 20x16");
 * ```
 */
export function checkMultiple(network: string, size: Size, step: number): void {
  if (size.width % step === 0 && size.height % step === 0) return;
  throw new PairlabError(
    `Cannot build ${network} for ${sizeInWords(size)}. Use ${
      sizesNear(size, step)
    } (multiples of ${step}).`,
  );
}
