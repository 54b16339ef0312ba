/** Pictures at the size of the networks. */
import { PairlabError } from "../base/errors.ts";
import type { Fit, ResizeKernel } from "../interfaces/experiment.ts";
import type { TaskShape } from "../interfaces/networks.ts";
import type { ImageShape, Pair, Picture } from "../interfaces/pictures.ts";
import { fitToSize } from "../pictures/fit.ts";
import { describeShape, hasShape, whyNoPicture } from "../pictures/shape.ts";

/** How pictures get the size of the networks. */
export interface FrameOptions {
  readonly resize: ResizeKernel;
  /** @default "resize" */
  readonly fit?: Fit | undefined;
}

/**
 * Brings a picture to the size of the networks.
 *
 * @throws {PairlabError} If it has another number of channels, or not as many levels as it should.
 */
export async function fitPicture(
  picture: Picture,
  shape: ImageShape,
  { resize, fit = "resize" }: FrameOptions,
): Promise<Picture> {
  if (picture.channels !== shape.channels) {
    throw new PairlabError(
      `Cannot use a picture of ${
        describeShape(picture)
      }: the networks take ${shape.channels} channels. Use the same \`channels\` for the data source and the experiment.`,
    );
  }
  const reason = whyNoPicture(picture);
  if (reason !== undefined) {
    throw new PairlabError(`Cannot use a picture of ${describeShape(picture)}: ${reason}`);
  }
  return hasShape(picture, shape)
    ? picture
    : await fitToSize(picture, shape, { kernel: resize, fit });
}

/** {@link fitPicture} for both sides of a pair. */
export async function fitPair(pair: Pair, shape: TaskShape, options: FrameOptions): Promise<Pair> {
  const [input, target] = await Promise.all([
    fitPicture(pair.input, shape.input, options),
    fitPicture(pair.target, shape.target, options),
  ]);
  return { name: pair.name, input, target };
}
