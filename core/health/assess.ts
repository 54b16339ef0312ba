/** Turns measurements into findings: when one begins, and when it is over. */
import type { Finding } from "../interfaces/callbacks.ts";
import { type HealthRule, type Measurement, RULES } from "./rules.ts";

/** What has been judged of a training so far; plain JSON, so that a resumed run goes on with it. */
export interface Judgements {
  /** The measurements that rules look back at. */
  readonly history: readonly Measurement[];
  /** By rule: how many measurements in a row were bad, since which step, and what was announced. */
  readonly streaks: Readonly<Record<string, Streak>>;
}

interface Streak {
  readonly bad: number;
  readonly since: number;
  readonly announced: boolean;
  /** Good measurements in a row since it was announced. */
  readonly good: number;
}

/** Before the first measurement. */
export function startJudgements(): Judgements {
  return { history: [], streaks: {} };
}

/** Measurements that are remembered; of older ones every second. */
const MOST_REMEMBERED = 200;

/**
 * Judges one more measurement.
 *
 * @returns The findings that begin or end with it, and what to judge the next one by.
 *
 * @example
 * ```ts
 * import { assess, startJudgements } from "./assess.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let judgements = startJudgements();
 * const found: string[] = [];
 * for (const step of [40, 50, 60]) {
 *   const now = assess(judgements, { step, values: { updateMost: 0.5 }, layers: { updateMost: "out" } });
 *   judgements = now.judgements;
 *   found.push(...now.findings.map(({ sentence }) => sentence));
 * }
 * assertEquals(found, ['The rate is too high: a step changes "out" by 50 %.']);
 * ```
 */
export function assess(
  { history, streaks }: Judgements,
  measurement: Measurement,
  { rules = RULES, grace = 1 }: {
    readonly rules?: readonly HealthRule[];
    /** Multiplies the rules' grace: 0 judges from the first step on. */
    readonly grace?: number;
  } = {},
): { readonly findings: readonly Finding[]; readonly judgements: Judgements } {
  const all = [...history, measurement];
  const next: Record<string, Streak> = { ...streaks };
  const findings: Finding[] = [];
  const { step } = measurement;
  for (const rule of rules) {
    const { name, judge, patience, grace: own, fault, threshold, source, advice, change } = rule;
    const opinion = judge(all);
    if (opinion === null) continue;
    const before = streaks[name] ?? { bad: 0, since: step, announced: false, good: 0 };
    const { value, sentence } = opinion;
    const bad = fault === "above" ? value > threshold : value < threshold;
    const streak = bad
      ? { ...before, bad: before.bad + 1, since: before.bad === 0 ? step : before.since, good: 0 }
      : { ...before, bad: before.announced ? before.bad : 0, good: before.good + 1 };
    const finding = { rule: name, sentence, value, threshold, source, advice, change };
    if (!before.announced && streak.bad >= patience && step >= own * grace) {
      findings.push({ ...finding, since: streak.since, over: false });
      next[name] = { ...streak, announced: true };
    } else if (before.announced && streak.good >= patience) {
      findings.push({ ...finding, since: before.since, over: true });
      next[name] = { bad: 0, since: step, announced: false, good: 0 };
    } else next[name] = streak;
  }
  return { findings, judgements: { history: thinned(all), streaks: next } };
}

/** Every second measurement of the older half, once there are too many; the first two epochs stay. */
function thinned(history: readonly Measurement[]): readonly Measurement[] {
  if (history.length <= MOST_REMEMBERED) return history;
  const half = Math.floor(history.length / 2);
  const first = history.filter(({ values }) => "trainL1" in values).slice(0, 2);
  return history.filter((one, index) => index >= half || index % 2 === 0 || first.includes(one));
}
