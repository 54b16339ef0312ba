/** Whether every picture decodes, and to the same size as its partner. */
import { messageOf, PairlabError } from "../errors.ts";
import { decodePicture } from "../pictures/decode.ts";
import type { Size } from "../pictures/resize.ts";
import type { Faults } from "./faults.ts";
import { quote } from "./list.ts";
import type { PairFiles, PictureFile, ReadOptions } from "./pair_files.ts";

/** Pictures that are decoded at a time: enough for every core, few enough for large photographs. */
const atOnce = Math.min(8, navigator.hardwareConcurrency + 1);

/** Told how many of how many are done. */
export type OnProgress = (done: number, total: number) => void;

/**
 * Does something with each item, several at once, and gives the results in the items' order. If one
 * fails, no more are begun, and nothing goes on when that error is thrown.
 *
 * @param steps How much progress an item is. @default 1
 */
export async function forEachAtOnce<T, R>(
  items: readonly T[],
  work: (item: T, index: number) => Promise<R>,
  { onProgress, steps = 1 }: {
    readonly onProgress?: OnProgress | undefined;
    readonly steps?: number;
  } = {},
): Promise<R[]> {
  const results: R[] = [];
  const errors: unknown[] = [];
  let next = 0, done = 0;
  const worker = async (): Promise<void> => {
    for (let index = next++; index < items.length && errors.length === 0; index = next++) {
      try {
        results[index] = await work(items[index]!, index); // below its length
        done += steps;
        onProgress?.(done, items.length * steps);
      } catch (error) {
        errors.push(error);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  if (errors.length > 0) throw errors[0];
  return results;
}

/**
 * Decodes all pictures completely, since a file that is cut short shows it only at its end.
 *
 * @returns For each pair the SHA-256 of what both pictures come from, for the fingerprint.
 */
export async function verifyPairs(
  pairs: readonly PairFiles[],
  { channels = { input: 3, target: 3 } }: ReadOptions,
  faults: Faults,
  onProgress?: OnProgress,
): Promise<string[]> {
  const verify = async ({ name, input, target }: PairFiles): Promise<string> => {
    const one = verifyPicture(input, channels.input, faults);
    const shared = input.path === target.path && channels.input === channels.target;
    const other = shared ? one : verifyPicture(target, channels.target, faults);
    const [first, second] = await Promise.all([one, other]);
    if (first === undefined || second === undefined) return "";
    const sizes = [sizeOf(first, input), sizeOf(second, target)];
    if (sizes[0] !== sizes[1]) {
      faults.add(
        "pairs have pictures of different sizes",
        `${quote(name)}: input ${sizes[0]}, output ${sizes[1]}`,
      );
    }
    return `${first.digest}${input.half ?? ""} ${second.digest}${target.half ?? ""}`;
  };
  return await forEachAtOnce(pairs, verify, { onProgress, steps: 2 });
}

function sizeOf({ width, height }: Size, { half }: PictureFile): string {
  return `${half === undefined ? width : width / 2}x${height}`;
}

/**
 * Decodes a file completely.
 *
 * @returns Its size and SHA-256, or undefined if something is wrong, which is noted.
 */
async function verifyPicture(
  { path, half }: PictureFile,
  channels: number,
  faults: Faults,
): Promise<(Size & { readonly digest: string }) | undefined> {
  try {
    const bytes = await Deno.readFile(path);
    const [digest, { width, height }] = await Promise.all([
      crypto.subtle.digest("SHA-256", bytes),
      decodePicture(bytes, { name: path, channels }),
    ]);
    if (half !== undefined && width % 2 !== 0) {
      faults.add(
        "pictures cannot be cut into two halves, as their width is odd",
        `${quote(path)}: ${width}x${height}`,
      );
      return undefined;
    }
    return { width, height, digest: new Uint8Array(digest).toHex() };
  } catch (error) {
    const subject = error instanceof PairlabError
      ? error.message.replace("Cannot read the picture ", "")
      : `${quote(path)}: ${messageOf(error)}`;
    faults.add("pictures cannot be decoded", subject);
    return undefined;
  }
}
