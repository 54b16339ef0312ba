import { type Augment, mirrorPicture, type Picture, turnPicture } from "../../core/plugin.ts";

/** In which directions {@link mirror} mirrors. */
export interface MirrorOptions {
  /** Left to right, every other pair. @default true */
  readonly horizontal?: boolean;
  /** Top to bottom, every other pair: for pictures from above, without an upright. @default false */
  readonly vertical?: boolean;
}

/**
 * Mirrors both pictures of a pair or neither, each as likely (section 6.2 of the paper).
 *
 * @example
 * ```ts
 * import { mirror } from "./mirror.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array([1, 2]), width: 2, height: 1, channels: 1 };
 * const pair = { name: "two", input: picture, target: picture };
 * const { input, target } = await mirror()(pair, randomStream(23));
 * assertEquals(input, target);
 * ```
 */
export function mirror({ horizontal = true, vertical = false }: MirrorOptions = {}): Augment {
  return function mirrorPair({ name, input, target }, random) {
    // Both are drawn whatever is wanted, so that the one changes nothing of the other.
    const leftRight = random.uniform() < 0.5 && horizontal;
    const topBottom = random.uniform() < 0.5 && vertical;
    const mirrored = (picture: Picture): Picture => {
      const once = leftRight ? mirrorPicture(picture) : picture;
      return topBottom ? mirrorPicture(turnPicture(once, 2)) : once;
    };
    return { name, input: mirrored(input), target: mirrored(target) };
  };
}
