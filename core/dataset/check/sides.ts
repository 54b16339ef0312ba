/** Finds pairs that are swapped or mismatched. */
import { quote } from "../../data/picture_folder.ts";
import { correlate } from "./correlate.ts";
import type { Finding } from "./finding.ts";
import type { CheckedPair } from "./likeness.ts";
import type { Measured } from "./measure.ts";

/** Fewer pairs do not show what is usual. */
const ENOUGH = 8;

/** Ways in which inputs differ from targets, and by how much to be told from chance. */
const DIFFERENCES: readonly {
  readonly of: (picture: Measured) => number;
  readonly least: number;
}[] = [
  { of: ({ detail }) => detail, least: 0.5 },
  { of: ({ colourfulness }) => colourfulness, least: 20 },
];

/**
 * Finds pairs in which, unlike in most, the other picture is sharper or more colourful.
 */
export function findSwapped(pairs: readonly CheckedPair[]): Finding[] {
  if (pairs.length < ENOUGH) return [];
  const votes = DIFFERENCES.flatMap(({ of, least }) => {
    const differences = pairs.map(({ measured }) => of(measured.input) - of(measured.target));
    const sorted = differences.toSorted((a, b) => a - b);
    const usual = quantile(sorted, 0.5);
    const ends = [quantile(sorted, 0.15), quantile(sorted, 0.85)];
    const clear = Math.abs(usual) >= least && ends.every((end) => end * usual > 0);
    return clear ? [differences.map((difference) => difference / usual)] : [];
  });
  return pairs.flatMap(({ name }, index) => {
    const own = votes.map((vote) => vote[index]!); // one for each pair
    if (!own.some((vote) => vote <= -0.5) || own.some((vote) => vote >= 0.5)) return [];
    return [{ kind: "swapped", pairs: [name], subject: quote(name) }];
  });
}

/**
 * Finds pairs whose pictures are less alike than those of others, and says which other target their
 * input resembles. Where inputs and targets do not look alike at all, nothing is found.
 */
export function findMismatched(pairs: readonly CheckedPair[]): Finding[] {
  if (pairs.length < ENOUGH) return [];
  const own = pairs.map(({ measured: { input, target } }) => correlate(input.tiny, target.tiny));
  const usual = quantile(own.toSorted((a, b) => a - b), 0.5);
  if (usual < 0.7) return [];
  return pairs.flatMap(({ name, measured: { input } }, index) => {
    const likeness = own[index]!; // one for each pair
    if (likeness > usual - 0.25) return [];
    const others = pairs.map(({ measured }, other) =>
      other === index ? -1 : correlate(input.tiny, measured.target.tiny)
    );
    const best = Math.max(...others);
    const like = best >= usual - 0.15 && best >= likeness + 0.25
      ? pairs[others.indexOf(best)]?.name
      : undefined;
    return [{
      kind: "mismatched",
      pairs: like === undefined ? [name] : [name, like],
      subject: like === undefined
        ? quote(name)
        : `${quote(name)}: its input resembles the target of ${quote(like)}`,
    }];
  });
}

function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
}
