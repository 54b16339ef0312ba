/** Finds duplicates, and leaks between training and testing. */
import { quote } from "../../data/picture_folder.ts";
import { correlate } from "./correlate.ts";
import type { Finding } from "./finding.ts";
import { hashDistance } from "./hash.ts";
import type { Measured, MeasuredPair } from "./measure.ts";

/** A pair of a data set, measured. */
export interface CheckedPair {
  readonly name: string;
  /** `train`, `val`, `test`, or `unused`. */
  readonly split: string;
  readonly measured: MeasuredPair;
}

// Of the 125,000 pairs of 500 photographs of flowers none is taken for one picture; of copies that
// lack 3 % of the width and height all are, of those that lack 6 % four fifths.

/** Hashes that differ by more bits are of different pictures. */
const NEAR = 18;

/** Pictures that correlate less are different even if their hashes are similar. */
const ALIKE = 0.9;

/** Pictures of less contrast than this look alike, whatever they show. */
export const BLANK = 3;

/**
 * Finds pictures that occur more than once, also resized, compressed, mirrored or slightly brighter,
 * by comparing all with all. A duplicate between training and test pictures is a leak.
 *
 * @param sides The sides of the pairs that are looked at.
 */
export function findLikeness(
  pairs: readonly CheckedPair[],
  sides: readonly ("input" | "target")[],
): Finding[] {
  const findings: Finding[] = [];
  for (const [index, pair] of pairs.entries()) {
    for (let next = index + 1; next < pairs.length; next++) {
      const other = pairs[next]!; // below the length
      const alike = sides.flatMap((side) => {
        const how = likeness(pair.measured[side], other.measured[side]);
        return how === undefined ? [] : [{ side, how }];
      });
      if (alike.length === 0) continue;
      const leak = isLeak(pair.split, other.split);
      findings.push({
        kind: leak ? "leaking" : "duplicated",
        pairs: [pair.name, other.name],
        subject: `${quote(pair.name)} (${pair.split}) and ${quote(other.name)} (${other.split}): ${
          alike.map(({ side, how }) => `${side} ${how}`).join(", ")
        }`,
      });
    }
  }
  return findings;
}

function isLeak(a: string, b: string): boolean {
  return a !== b && [a, b].includes("train") && ![a, b].includes("unused");
}

/** How two pictures are alike; undefined if they are not. */
function likeness(a: Measured, b: Measured): string | undefined {
  if (a.contrast < BLANK || b.contrast < BLANK) return undefined;
  const distance = hashDistance(a.hash, b.hash);
  if (distance <= NEAR && correlate(a.tiny, b.tiny) >= ALIKE) {
    return distance === 0 ? "the same" : "nearly the same";
  }
  if (hashDistance(a.mirroredHash, b.hash) <= NEAR && mirroredCorrelation(a, b) >= ALIKE) {
    return "mirrored";
  }
  return undefined;
}

function mirroredCorrelation({ tiny }: Measured, other: Measured): number {
  const { data, width, height } = tiny;
  const mirrored = Float32Array.from(data, (_, i) => data[i - 2 * (i % width) + width - 1]!);
  return correlate({ data: mirrored, width, height }, other.tiny);
}
