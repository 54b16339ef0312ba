/** Whether every picture decodes, and to the same size as its partner. */
import { messageOf, PairlabError } from "../base/errors.ts";
import { decodePicture } from "../pictures/decode.ts";
import type { Size } from "../pictures/shape.ts";
import { forEachAtOnce, type OnProgress } from "../base/at_once.ts";
import type { Faults } from "./faults.ts";
import { quote } from "./list.ts";
import type { PairFiles, PictureFile, ReadOptions } from "./pair_files.ts";

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
