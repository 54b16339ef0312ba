/** Whether every picture decodes, and to the same size as its partner. */
import { decodePicture, messageOf, PairlabError, type Picture } from "../../../core/plugin.ts";
import type { Faults } from "./faults.ts";
import { quote } from "./list.ts";
import type { PairFiles } from "./match.ts";

/** Pairs that are decoded at a time: enough for every core, few enough for large photographs. */
const atOnce = Math.min(8, navigator.hardwareConcurrency + 1);

/**
 * Decodes all pictures completely, since a file that is cut short shows it only at its end.
 *
 * @returns For each pair the SHA-256 of both files, for the fingerprint.
 */
export async function checkPairs(
  pairs: readonly PairFiles[],
  faults: Faults,
  onProgress?: (done: number, total: number) => void,
): Promise<string[]> {
  const digests = new Array<string>(pairs.length).fill("");
  let next = 0, done = 0;
  const work = async (): Promise<void> => {
    for (let index = next++; index < pairs.length; index = next++) {
      const { name, input, target } = pairs[index]!; // below its length
      const [one, other] = await Promise.all([
        checkPicture(input, faults),
        checkPicture(target, faults),
      ]);
      if (one !== undefined && other !== undefined) {
        digests[index] = `${one.digest} ${other.digest}`;
        if (one.size !== other.size) {
          faults.add(
            "pairs have pictures of different sizes",
            `${quote(name)}: input ${one.size}, output ${other.size}`,
          );
        }
      }
      done += 2;
      onProgress?.(done, pairs.length * 2);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return digests;
}

async function checkPicture(
  path: string,
  faults: Faults,
): Promise<{ size: string; digest: string } | undefined> {
  try {
    const bytes = await Deno.readFile(path);
    const [digest, { width, height }]: [ArrayBuffer, Picture] = await Promise.all([
      crypto.subtle.digest("SHA-256", bytes),
      decodePicture(bytes, { name: path }),
    ]);
    return { size: `${width}x${height}`, digest: new Uint8Array(digest).toHex() };
  } catch (error) {
    const subject = error instanceof PairlabError
      ? error.message.replace("Cannot read the picture ", "")
      : `${quote(path)}: ${messageOf(error)}`;
    faults.add("pictures cannot be decoded", subject);
    return undefined;
  }
}
