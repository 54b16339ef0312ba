import {
  checkSplit,
  type Dataset,
  type DataSource,
  defocusPicture,
  drawSvg,
  type OpenedData,
  type Pair,
  PairlabError,
  randomStream,
  splitPairs,
} from "../../core/plugin.ts";
import { drawScene } from "./synthetic_flowers/scene.ts";

/** How many flowers are drawn, and how. */
export interface SyntheticFlowersOptions {
  /** How many pairs there are. @default 500 */
  readonly count?: number;
  /** Height and width, pixels. @default 256 */
  readonly size?: number;
  /** The share of them that is trained on, between 0 and 1; the others test. @default 0.8 */
  readonly trainShare?: number;
  /** Decides every flower. @default 23 */
  readonly seed?: number;
  /**
   * Radius of the blur, as a share of `size`. The default is what the blurred photographs of the
   * flowers data set measure: a disk of 22 pixels in 500, 13.5 in 320, 10 in 240.
   *
   * @default 0.043
   */
  readonly blur?: number;
}

/** Pairs are kept once they are drawn, up to so many bytes; the others are drawn each time. */
const keptBytes = 256 * 1024 * 1024;

/**
 * Drawn flowers, for when there are no photographs: the target is the drawing, the input the same
 * picture out of focus.
 *
 * A dozen kinds of flowers, singly or many, among leaves and grass, before soft backgrounds, in
 * various light, with veins, stamens and seeds as fine as pixels allow, so that there is something
 * to restore. Each is drawn when it is first asked for, and follows from the seed and its index
 * alone; a larger `count` adds flowers and changes none.
 *
 * @throws {PairlabError} At once for options that no picture could meet.
 *
 * @example
 * ```ts
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { train, test } = await syntheticFlowers({ count: 5, size: 64 }).open();
 * assertEquals([train.names.length, test.names.length], [4, 1]);
 * const { input, target } = await train.load(0);
 * assertEquals([input.width, target.height], [64, 64]);
 * ```
 */
export function syntheticFlowers(
  { count = 500, size = 256, trainShare = 0.8, seed = 23, blur = 0.043 }: SyntheticFlowersOptions =
    {},
): DataSource {
  checkSplit(count, trainShare);
  checkDrawing(count, size, blur);
  return {
    async open(): Promise<OpenedData> {
      const draw = (index: number): Promise<Pair> => drawPair(index, { size, seed, blur });
      const { train, test } = splitPairs(Array.from({ length: count }, (_, i) => i), trainShare);
      const kept = Math.floor(keptBytes / (size * size * 3 * 2));
      const load = keep(draw, kept);
      return {
        train: datasetOf(train, load),
        test: datasetOf(test, load),
        description: `${count} synthetic ${count === 1 ? "pair" : "pairs"} of drawn flowers, ` +
          `${size}x${size} (${train.length} train, ${test.length} test), ` +
          "dataset/README.md says how to use your own pictures",
        fingerprint: await fingerprint({ count, size, trainShare, seed, blur }, await load(0)),
      };
    },
  };
}

function checkDrawing(count: number, size: number, blur: number): void {
  if (count === Infinity) {
    throw new PairlabError("Cannot draw endless flowers: a whole number of them would work");
  }
  if (!Number.isInteger(size) || size < 16 || size > 4096) {
    throw new PairlabError(
      `Cannot draw flowers of ${size}x${size} pixels: a whole number from 16 to 4096 would work`,
    );
  }
  if (!(blur >= 0 && blur <= 0.5)) {
    throw new PairlabError(
      `Cannot blur by ${blur} of the size: a number from 0 to 0.5 would work, e.g. 0.043`,
    );
  }
}

type Drawing = Required<Pick<SyntheticFlowersOptions, "size" | "seed" | "blur">>;

async function drawPair(index: number, { size, seed, blur }: Drawing): Promise<Pair> {
  const target = await drawSvg(drawScene(size, randomStream(seed, "flowers", index)));
  return { name: nameOf(index), input: defocusPicture(target, blur * size), target };
}

function nameOf(index: number): string {
  return `flower-${String(index).padStart(4, "0")}`;
}

/** The same function, which remembers its first `most` results. */
function keep(draw: (index: number) => Promise<Pair>, most: number): typeof draw {
  const kept = new Map<number, Promise<Pair>>();
  return (index) => {
    const known = kept.get(index);
    if (known !== undefined) return known;
    const drawn = draw(index);
    if (kept.size < most) kept.set(index, drawn);
    return drawn;
  };
}

function datasetOf(indices: readonly number[], load: (index: number) => Promise<Pair>): Dataset {
  return {
    names: indices.map(nameOf),
    load(position) {
      const index = indices[position];
      if (index === undefined) {
        throw new RangeError(`Cannot load pair ${position}: there are ${indices.length}`);
      }
      return load(index);
    },
  };
}

/** Follows the options, and the pixels of a pair, since the way of drawing may change. */
async function fingerprint(
  options: Required<SyntheticFlowersOptions>,
  { input, target }: Pair,
): Promise<string> {
  const text = new TextEncoder().encode(JSON.stringify(options));
  const bytes = new Uint8Array(text.length + input.data.length + target.data.length);
  bytes.set(text);
  bytes.set(input.data, text.length);
  bytes.set(target.data, text.length + input.data.length);
  return `sha256:${new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex()}`;
}
