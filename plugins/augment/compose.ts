import type { Augment } from "../../core/plugin.ts";

/**
 * One augment after the other, each given what the one before it made. They draw from one stream in
 * this order, so that adding one at the end changes nothing that the others draw.
 *
 * @example
 * ```ts
 * import { compose } from "./compose.ts";
 * import { crop } from "./crop.ts";
 * import { mirror } from "./mirror.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const picture = { data: new Uint8Array(64 * 64 * 3), width: 64, height: 64, channels: 3 };
 * const augment = compose(crop({ size: 32 }), mirror());
 * const pair = await augment({ name: "black", input: picture, target: picture }, randomStream(23));
 * assertEquals([pair.input.width, pair.target.height], [32, 32]);
 * ```
 */
export function compose(...augments: readonly Augment[]): Augment {
  return async function composed(pair, random) {
    let changed = pair;
    for (const augment of augments) changed = await augment(changed, random);
    return changed;
  };
}
