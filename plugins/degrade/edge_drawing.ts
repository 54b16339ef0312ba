import { type Degradation, drawEdges, type EdgeOptions, PairlabError } from "../../core/plugin.ts";

/**
 * Leaves of a picture only its edges, black lines on white: the inputs of the paper's edges to
 * photographs (section 4, there drawn by a network).
 *
 * @throws {PairlabError} For invalid options, at once.
 *
 * @example
 * ```ts
 * import { edgeDrawing } from "./edge_drawing.ts";
 * import { randomStream } from "../../core/plugin.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const flat = { data: new Uint8Array(192).fill(90), width: 8, height: 8, channels: 3 };
 * const { picture } = await edgeDrawing().apply(flat, randomStream(23));
 * assertEquals(picture.data, new Uint8Array(192).fill(255));
 * ```
 */
export function edgeDrawing(options: EdgeOptions = {}): Degradation {
  const { sigma = 1.4, high = 12, low = 5 } = options;
  if (!(sigma >= 0 && low >= 0 && high >= low && high < Infinity && sigma < 1000)) {
    throw new PairlabError(
      `Cannot draw edges with sigma ${sigma}, high ${high}, low ${low}. Use sigma from 0 and high ` +
        "not below low.",
    );
  }
  return {
    name: "edgeDrawing",
    apply: (picture) => ({
      picture: drawEdges(picture, options),
      parameters: { sigma, high, low },
    }),
  };
}
