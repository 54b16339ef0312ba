/** The findings of a check. */

/** Kinds of findings, in the order of the report, each with its title. */
export const FINDINGS = {
  missing: "pictures without a partner",
  misnamed: "pictures whose partner has another name",
  unreadable: "pictures that cannot be used",
  files: "files that are missing, or do not belong there",
  split: "splits that cannot be used",
  "mis-sized": "pairs whose pictures differ in size",
  leaking: "pictures that are trained on and tested with",
  swapped: "pairs whose input and target seem to be exchanged",
  mismatched: "pairs whose pictures seem to show different things",
  misaligned: "pairs whose pictures are shifted against each other",
  identical: "pairs whose input and target are the same",
  dark: "pictures that use few of their 16 bits",
  single: "files that look like one picture, not two side by side",
  blank: "pictures with nothing on them",
  duplicated: "pictures that occur twice, or nearly so",
  small: "pictures smaller than the networks take",
} as const;

/** A kind of finding. */
export type FindingKind = keyof typeof FINDINGS;

/** Kinds that keep a training from starting or spoil its results; the others are worth a look. */
export const PROBLEMS: ReadonlySet<FindingKind> = new Set<FindingKind>([
  "missing",
  "misnamed",
  "unreadable",
  "files",
  "split",
  "mis-sized",
  "leaking",
]);

/** A finding. */
export interface Finding {
  readonly kind: FindingKind;
  /** Names of the pairs concerned; empty for a file without a pair. */
  readonly pairs: readonly string[];
  /** Details: which picture, and what was measured. */
  readonly subject: string;
}
