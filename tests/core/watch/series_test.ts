import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import fc from "fast-check";
import { type Cursor, startSeries } from "../../../core/watch/series.ts";

/** What a page has after it has taken parts. */
class Page {
  steps: number[] = [];
  values: (number | null)[] = [];
  cursor: Cursor | undefined;
  sent = 0;

  take(series: ReturnType<typeof startSeries>): void {
    const { part, cursor } = series.since(this.cursor);
    this.cursor = cursor;
    if (part === null) return;
    this.sent += part.steps.length;
    this.steps = [...this.steps.slice(0, part.from), ...part.steps];
    this.values = [...this.values.slice(0, part.from), ...part.values];
  }
}

describe("a curve that grows", () => {
  it("is told by what is new", () => {
    const series = startSeries();
    const page = new Page();
    series.add(1, 10);
    page.take(series);
    assertEquals(series.since(page.cursor).part, null);
    series.add(2, 20);
    series.add(3, NaN);
    page.take(series);
    assertEquals([page.steps, page.values], [[1, 2, 3], [10, 20, null]]);
    assertEquals(page.sent, 3);
  });

  it("has means of pairs once there are more points than asked for", () => {
    const series = startSeries({ most: 4 });
    for (const [step, value] of [[1, 1], [2, 3], [3, 5], [4, 7], [5, 9]] as const) {
      series.add(step, value);
    }
    // Steps 1.5 and 3.5 are rounded.
    assertEquals(series.since(undefined).part, { from: 0, steps: [2, 4, 5], values: [2, 6, 9] });
  });

  it("is the same on a page that is told in parts and on one that is told at once", () => {
    fc.assert(fc.property(
      fc.array(fc.tuple(fc.integer({ min: -99, max: 99 }), fc.boolean()), { maxLength: 80 }),
      (values) => {
        const series = startSeries({ most: 8 });
        const often = new Page(), once = new Page();
        for (const [index, [value, tell]] of values.entries()) {
          series.add(index + 1, value);
          if (tell) often.take(series);
        }
        often.take(series);
        once.take(series);
        assertEquals([often.steps, often.values], [once.steps, once.values]);
      },
    ));
  });

  it("keeps the mean of 100,000 steps in at most 2,000 points, and sends little of them", () => {
    const series = startSeries();
    const page = new Page();
    let sum = 0;
    for (let step = 1; step <= 100_000; step++) {
      const value = Math.sin(step);
      sum += value;
      series.add(step, value);
      if (step % 100 === 0) page.take(series);
    }
    assert(page.steps.length <= 2000, `${page.steps.length} points`);
    const { size } = page.cursor!;
    const weighted = page.values.reduce<number>((total, value, index) => {
      const last = index === page.values.length - 1;
      return total + value! * (last ? 100_000 - size * index : size);
    }, 0);
    assertAlmostEquals(weighted, sum, 0.5);
    // A thousand looks would cost a million points if all were sent each time.
    assert(page.sent < 20_000, `${page.sent} points sent`);
  });
});
