import {
  checkSplitOptions,
  type Dataset,
  type DataSource,
  type Degradation,
  degradePicture,
  describeDegradations,
  fingerprintOf,
  type Fit,
  fitToSize,
  folderSource,
  type Levels,
  listFiles,
  type OpenedData,
  type Pair,
  PairlabError,
  type Picture,
  type Random,
  randomStream,
  type ResizeKernel,
  type Size,
  type SplitOptions,
} from "../../core/plugin.ts";

/** Which pictures are spoilt, and how. */
export interface DegradedOptions extends SplitOptions {
  /**
   * A folder of sharp pictures (or `train`, and `test` or `val`, which hold them), or a data source
   * whose targets are the sharp pictures.
   */
  readonly source: string | DataSource;
  /** What is done to the inputs, one after the other. */
  readonly degrade: readonly Degradation[];
  /**
   * Draws new numbers in each epoch of a training; otherwise each picture keeps those that follow
   * from the seed and its name, as it does for testing. @default true
   */
  readonly fresh?: boolean;
  /**
   * Brings pictures to this size before they are spoilt, so that radii are in pixels of the
   * networks; one number is a square's. @default kept as they are
   */
  readonly size?: number | Size | undefined;
  /** Aspect-ratio policy of that. @default "resize" */
  readonly fit?: Fit;
  /** How they are resized then. @default "cubic" */
  readonly kernel?: ResizeKernel;
  /** Channels of both pictures, where they come from a folder. @default 3 */
  readonly channels?: number;
  /** Bits of each channel, where they come from a folder. @default 8 */
  readonly depth?: 8 | 16;
  /**
   * The values of black and white in the files of a folder, e.g. `[0, 1]` for floats.
   * @default those of 8 or 16 unsigned bits; other files are rejected
   */
  readonly levels?: Levels | undefined;
  /** Its targets are spoilt instead when there is no such folder, or no picture in it. @default none */
  readonly otherwise?: DataSource | undefined;
}

/**
 * Pairs out of sharp pictures alone: the target is the picture, the input what the degradations make
 * of it when it is loaded.
 *
 * Whatever they draw is recorded in the pair's name, as metrics.jsonl and messages have it:
 * `rose.jpg (gaussianBlur sigma=2.31, jpeg quality=37)`. A picture that tests is always spoilt alike,
 * as the seed and its name say; one that trains differently in each epoch, though never otherwise
 * for the same seed and epoch.
 *
 * @throws {PairlabError} For invalid options, at once; when it is opened, naming
 * every picture that is at fault.
 *
 * @example
 * ```ts
 * import { degraded } from "./degraded.ts";
 * import { syntheticFlowers } from "./synthetic_flowers.ts";
 * import { gaussianBlur } from "../degrade/gaussian_blur.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const source = syntheticFlowers({ count: 2, size: 16 });
 * const { test } = await degraded({ source, degrade: [gaussianBlur({ sigma: 2 })] }).open();
 * const { name } = await test.load(0);
 * assertEquals(name, "flower-0001 (gaussianBlur sigma=2)");
 * ```
 */
export function degraded(options: DegradedOptions): DataSource {
  const { source, degrade } = options;
  checkSplitOptions(options);
  if (degrade.length === 0) {
    throw new PairlabError(
      "Cannot degrade pictures by nothing. Use one degradation or more, e.g. gaussianBlur().",
    );
  }
  const size = frameOf(options.size);
  const sharp = typeof source === "string" ? sharpPictures(source, options) : source;
  return {
    async open(onProgress): Promise<OpenedData> {
      const opened = await sharp.open(onProgress);
      const spoilt = (dataset: Dataset): Dataset => spoil(dataset, { ...options, size });
      const names = degrade.map(({ name }) => name).join(", ");
      return {
        ...opened,
        train: spoilt(opened.train),
        test: spoilt(opened.test),
        ...opened.validation && { validation: spoilt(opened.validation) },
        description: `${opened.description}, inputs made by ${names}`,
        fingerprint: await fingerprint(opened.fingerprint, { ...options, size }),
      };
    },
  };
}

function frameOf(size: DegradedOptions["size"]): Size | undefined {
  const frame = typeof size === "number" ? { width: size, height: size } : size;
  if (frame === undefined) return undefined;
  const { width, height } = frame;
  if ([width, height].every((extent) => Number.isInteger(extent) && extent >= 1)) return frame;
  throw new PairlabError(
    `Cannot bring pictures to ${width}x${height}. Use whole numbers from 1.`,
  );
}

/** The pictures of a folder, each on both sides of its pair. */
function sharpPictures(root: string, options: DegradedOptions): DataSource {
  const { channels = 3, levels } = options;
  const both = <T>(value: T): { readonly input: T; readonly target: T } => ({
    input: value,
    target: value,
  });
  const read = { channels: both(channels), levels: both(levels) };
  return folderSource({ ...options, root, ...read }, {
    wanted: "a folder with sharp pictures",
    list: (folder, faults) => listFiles(folder, "single", faults),
  });
}

type Spoiling = Omit<DegradedOptions, "size"> & { readonly size: Size | undefined };

function spoil(dataset: Dataset, options: Spoiling): Dataset {
  const { degrade, size, fit, kernel, fresh = true, seed = 23 } = options;
  return {
    ...dataset,
    async load(index, random): Promise<Pair> {
      const { name, target: sharp } = await dataset.load(index, random);
      const target = size === undefined ? sharp : await fitToSize(sharp, size, frame(fit, kernel));
      const stream: Random = fresh && random !== undefined
        ? random
        : randomStream(seed, "degrade", dataset.names[index] ?? name);
      const { picture, records } = await degradePicture(target, degrade, stream);
      return { name: `${name} (${describeDegradations(records)})`, input: picture, target };
    },
  };
}

function frame(
  fit: Fit = "resize",
  kernel: ResizeKernel = "cubic",
): { readonly fit: Fit; readonly kernel: ResizeKernel } {
  return { fit, kernel };
}

/** Also follows what the degradations do, which only shows when they do it. */
async function fingerprint(ofSource: string, options: Spoiling): Promise<string> {
  const { degrade, size, fit, kernel, fresh = true, seed = 23 } = options;
  const picture = testPicture(options.channels ?? 3);
  const trials = await Promise.all([0, 1, 2, 3].map(async (trial) => {
    const random = randomStream(seed, "degrade", trial);
    const spoilt = await degradePicture(picture, degrade, random);
    return JSON.stringify([spoilt.records, [...spoilt.picture.data]]);
  }));
  const how = JSON.stringify({ degraded: { size, ...frame(fit, kernel), fresh, seed } });
  return await fingerprintOf([ofSource, how, ...trials]);
}

function testPicture(channels: number): Picture {
  const size = 16;
  const data = Uint8Array.from({ length: size * size * channels }, (_, i) => (i * i * 31) % 251);
  return { data, width: size, height: size, channels };
}
