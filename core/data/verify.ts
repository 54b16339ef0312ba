/** Whether every picture decodes, and to the same size as its partner. */
import { forEachAtOnce, type OnProgress } from "../base/at_once.ts";
import { messageOf, PairlabError } from "../base/errors.ts";
import { describeSize, hasSize, type Size } from "../pictures/shape.ts";
import type { Faults } from "./faults.ts";
import { inspectFile, type Inspection, type Remark, remarksOf, turnedBy } from "./inspect.ts";
import { quote } from "./picture_folder.ts";
import { type PairFiles, type PictureFile, type ReadOptions, readsAlike } from "./pair_files.ts";

/** All pairs, decoded once. */
export interface Verified {
  /** For each pair the SHA-256 of both files, for the fingerprint. */
  readonly digests: readonly string[];
  readonly remarks: readonly Remark[];
}

/** Decodes all pictures completely. */
export async function verifyPairs(
  pairs: readonly PairFiles[],
  { channels = { input: 3, target: 3 }, levels = {} }: ReadOptions,
  faults: Faults,
  onProgress?: OnProgress,
): Promise<Verified> {
  const inspect = async (
    file: PictureFile,
    side: "input" | "target",
  ): Promise<Inspection | undefined> => {
    try {
      const inspection = await inspectFile(file, channels[side], levels[side]);
      if (file.half === undefined || inspection.width % 2 === 0) return inspection;
      faults.add(
        "pictures cannot be cut into two halves, as their width is odd",
        `${quote(file.path)}: ${describeSize(inspection)}`,
      );
    } catch (error) {
      const subject = error instanceof PairlabError
        ? error.message.replace("Cannot read the picture ", "")
        : `${quote(file.path)}: ${messageOf(error)}`;
      faults.add("pictures cannot be decoded", subject);
    }
    return undefined;
  };
  const verify = async (
    { name, input, target }: PairFiles,
  ): Promise<
    { readonly input: Inspection; readonly target: Inspection; readonly digest: string }[]
  > => {
    const one = inspect(input, "input");
    const other = readsAlike(input, target, { channels, levels }) ? one : inspect(target, "target");
    const [first, second] = await Promise.all([one, other]);
    if (first === undefined || second === undefined) return [];
    const sizes = [sizeOf(first, input), sizeOf(second, target)] as const;
    if (!hasSize(...sizes)) {
      faults.add(
        "pairs have pictures of different sizes",
        `${quote(name)}: input ${describeSize(sizes[0])}, output ${describeSize(sizes[1])}` +
          turnedBy(first, second),
      );
    }
    const digest = `${first.digest}${input.half ?? ""} ${second.digest}${target.half ?? ""}`;
    return [{ input: first, target: second, digest }];
  };
  const verified = (await forEachAtOnce(pairs, verify, { onProgress, steps: 2 })).flat();
  return {
    digests: verified.map(({ digest }) => digest),
    remarks: remarksOf({
      input: verified.map(({ input }) => input),
      target: verified.map(({ target }) => target),
    }),
  };
}

function sizeOf({ width, height }: Size, { half }: PictureFile): Size {
  return { width: half === undefined ? width : width / 2, height };
}
