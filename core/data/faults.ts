/** Collects what is wrong with a data set, to report it all at once. */
import { PairlabError } from "../base/errors.ts";

/** Subjects named per kind; the others are counted. */
const named = 5;

/** The faults of a data set found so far. */
export interface Faults {
  /**
   * Notes a fault.
   *
   * @param kind What is wrong, the same words for all of a kind, e.g. `pictures cannot be decoded`.
   * @param subject Which file, and whatever is particular about it.
   */
  add(kind: string, subject: string): void;
  /** All kinds that there are, with their subjects in order. */
  list(): { readonly kind: string; readonly subjects: readonly string[] }[];
  /** @throws {PairlabError} If there is any fault: all kinds, counted, the first few named. */
  throwIfAny(): void;
}

/**
 * Starts a collection of faults, so that a data source can report all of them at once.
 *
 * @param root Named in the error.
 *
 * @example
 * ```ts
 * import { collectFaults } from "./faults.ts";
 * import { assertThrows } from "@std/assert";
 *
 * const faults = collectFaults("photos");
 * faults.add("pictures are blank", '"a.png"');
 * faults.add("pictures are blank", '"b.png"');
 * assertThrows(() => faults.throwIfAny(), Error, 'pictures are blank: 2 ("a.png", "b.png")');
 * ```
 */
export function collectFaults(root: string): Faults {
  const subjects = new Map<string, string[]>();
  return {
    add(kind, subject) {
      const others = subjects.get(kind);
      if (others === undefined) subjects.set(kind, [subject]);
      else others.push(subject);
    },
    list() {
      return [...subjects].map(([kind, all]) => ({ kind, subjects: all.toSorted(byCodeUnit) }));
    },
    throwIfAny() {
      if (subjects.size === 0) return;
      const lines = [...subjects].map(([kind, all]) => `  - ${kind}: ${count(all)}`);
      const total = [...subjects.values()].reduce((sum, all) => sum + all.length, 0);
      throw new PairlabError(
        `Cannot use the pictures in "${root}": ${total} ${total === 1 ? "fault" : "faults"}\n` +
          lines.join("\n"),
      );
    },
  };
}

function count(subjects: readonly string[]): string {
  // Checks run in parallel; the report should not depend on which finishes first.
  const first = subjects.toSorted(byCodeUnit).slice(0, named).join(", ");
  const others = subjects.length - named;
  return `${subjects.length} (${first}${others > 0 ? `, and ${others} more` : ""})`;
}

/** Sorts as Python sorts names, whatever the language of the machine. */
export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
