/** The convolutions of PatchGANs by receptive field. */
import { type ImageShape, PairlabError } from "../../../core/plugin.ts";
import { sizeInWords } from "../../layers/sizes.ts";

/** One convolution of a discriminator. */
export interface Block {
  /** Multiple of the first block's channels; the last block has a single channel. */
  readonly widening: number;
  readonly kernel: number | readonly [height: number, width: number];
  readonly stride: number;
  readonly padding: number | "same";
}

/** `halvings` blocks of stride 2, one of stride 1 and the logits: the paper's series. */
function paperBlocks(halvings: number): readonly Block[] {
  return Array.from({ length: halvings + 2 }, (_, index) => ({
    widening: Math.min(2 ** index, 8),
    kernel: 4,
    stride: index < halvings ? 2 : 1,
    padding: 1,
  }));
}

/** Blocks of stride 2 until a side is less than 8, then a single logit. */
function imageBlocks({ height, width }: ImageShape): readonly Block[] {
  const left = { height, width };
  const blocks: Block[] = [];
  while (Math.min(left.height, left.width) >= 8) {
    blocks.push({ widening: Math.min(2 ** blocks.length, 8), kernel: 4, stride: 2, padding: 1 });
    left.height = Math.floor(left.height / 2);
    left.width = Math.floor(left.width / 2);
  }
  return [...blocks, { widening: 1, kernel: [left.height, left.width], stride: 1, padding: 0 }];
}

/** The convolutions by receptive field; the last one makes the logits. */
const ARCHITECTURES: ReadonlyMap<number, readonly Block[]> = new Map([
  [1, [1, 2, 1].map((widening) => ({ widening, kernel: 1, stride: 1, padding: 0 }))],
  [16, paperBlocks(1)],
  [34, paperBlocks(2)],
  [70, paperBlocks(3)],
  [94, [
    ...paperBlocks(4).slice(0, 4),
    { widening: 1, kernel: 4, stride: 1, padding: "same" as const },
  ]],
  [142, paperBlocks(4)],
  [286, paperBlocks(5)],
]);

/**
 * The convolutions of a receptive field.
 *
 * @throws {PairlabError} If the receptive field is unknown, or the pictures are too small for it.
 */
export function blocksFor(
  receptiveField: number | "image",
  picture: ImageShape,
): readonly Block[] {
  if (receptiveField === "image") return imageBlocks(picture);
  const blocks = ARCHITECTURES.get(receptiveField);
  if (blocks !== undefined) {
    checkSize(picture, receptiveField);
    return blocks;
  }
  const known = [...ARCHITECTURES.keys()].join(", ");
  throw new PairlabError(
    `Cannot build a PatchGAN with a receptive field of ${receptiveField}. Use ${known} or "image".`,
  );
}

/** The number of logits along an extent; 0 or less if there is no room for one. */
function logitsAlong(extent: number, blocks: readonly Block[]): number {
  return blocks.reduce(
    (extent, { kernel, stride, padding }) =>
      padding === "same"
        ? Math.ceil(extent / stride)
        : Math.floor((extent + 2 * padding - Number(kernel)) / stride) + 1,
    extent,
  );
}

function checkSize(picture: ImageShape, receptiveField: number): void {
  const extent = Math.min(picture.width, picture.height);
  const fits = (field: number, extent: number): boolean =>
    logitsAlong(extent, ARCHITECTURES.get(field)!) >= 1;
  if (fits(receptiveField, extent)) return;
  let least = 1;
  while (!fits(receptiveField, least)) least++;
  const smaller = [...ARCHITECTURES.keys()].filter((field) => fits(field, extent));
  throw new PairlabError(
    `Cannot judge pictures of ${sizeInWords(picture)} with a receptive field of ` +
      `${receptiveField}: no logit is left. Use at least ${least}x${least}, or a receptive field of ${
        smaller.join(", ")
      } or "image".`,
  );
}
