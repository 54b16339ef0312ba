/** Faults of a single pair. */
import { quote } from "../../data/picture_folder.ts";
import type { Finding, FindingKind } from "./finding.ts";
import { BLANK, type CheckedPair } from "./likeness.ts";
import type { MeasuredPair } from "./measure.ts";
import type { Shift } from "./shift.ts";

/** Smaller shifts are within what can be measured. */
export const SHIFT = 0.015;

/** What is not reported. */
export interface PairLimits {
  /** Shifts up to this share of the longer side. @default 0.015 */
  readonly shift?: number | undefined;
  /** Pictures from this size on. @default 256 */
  readonly size?: number | undefined;
}

/**
 * Finds faults that show in the pair alone.
 *
 * @param single Both pictures are one.
 */
export function findInPair(
  { name, measured }: CheckedPair,
  single: boolean,
  { shift: limit = SHIFT, size = 256 }: PairLimits,
): Finding[] {
  const { input, target, identical } = measured;
  const found: Finding[] = [];
  const add = (kind: FindingKind, words: string): void => {
    found.push({
      kind,
      pairs: [name],
      subject: words === "" ? quote(name) : `${quote(name)}: ${words}`,
    });
  };
  const sizes = [input, target].map(({ width, height }) => `${width}x${height}`);
  if (sizes[0] !== sizes[1]) add("mis-sized", `input ${sizes[0]}, target ${sizes[1]}`);
  if (identical) add("identical", "");
  const sides = single ? { picture: target } : { input, target };
  for (const [side, { contrast }] of Object.entries(sides)) {
    if (contrast < BLANK) add("blank", side);
  }
  if (isShifted(measured, limit)) add("misaligned", describeShift(measured.shift));
  if (Math.min(target.width, target.height) < size) add("small", sizes[1] ?? "");
  return found;
}

/** A pair whose target is shifted. */
type Shifted = MeasuredPair & { readonly shift: Shift };

/** True if the target is shifted by more than this share of the longer side. */
export function isShifted(measured: MeasuredPair, limit: number): measured is Shifted {
  const { shift, target } = measured;
  return shift !== undefined &&
    Math.hypot(shift.x, shift.y) > limit * Math.max(target.width, target.height);
}

/** `the target lies about 8 pixels further right and 3 further up`. */
function describeShift({ x, y }: Shift): string {
  const part = (by: number, [less, more]: readonly [string, string]): string[] =>
    Math.round(by) === 0 ? [] : [`${Math.abs(Math.round(by))} further ${by < 0 ? less : more}`];
  const parts = [...part(x, ["left", "right"]), ...part(y, ["up", "down"])];
  if (parts.length === 0) return "the target lies less than a pixel elsewhere";
  const unit = parts[0]!.startsWith("1 ") ? "pixel" : "pixels";
  return `the target lies about ${parts.join(" and ").replace(" further", ` ${unit} further`)}`;
}
