import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { forEachAtOnce } from "../../../core/base/at_once.ts";

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));

describe("forEachAtOnce", () => {
  it("gives results in the items' order, and tells the progress", async () => {
    const told: string[] = [];
    const results = await forEachAtOnce([3, 1, 2], async (item, index) => {
      await later(item);
      return item * 10 + index;
    }, { onProgress: (done, total) => told.push(`${done}/${total}`), steps: 2 });
    assertEquals(results, [30, 11, 22]);
    assertEquals(told, ["2/6", "4/6", "6/6"]);
  });

  it("does several at once, but not all", async () => {
    let now = 0, most = 0;
    await forEachAtOnce(new Array<number>(40).fill(0), async () => {
      most = Math.max(most, ++now);
      await later(1);
      now--;
    });
    assertEquals(most, Math.min(8, navigator.hardwareConcurrency + 1));
  });

  it("begins nothing after a failure, and lets nothing go on", async () => {
    let begun = 0, ended = 0;
    await assertRejects(
      () =>
        forEachAtOnce(new Array<number>(100).fill(0), async (_, index) => {
          begun++;
          await later(index === 0 ? 1 : 5);
          ended++;
          if (index === 0) throw new Error("the first");
        }),
      Error,
      "the first",
    );
    assertEquals(ended, begun);
    await later(10);
    assertEquals([ended === begun, begun < 20], [true, true]);
  });
});
