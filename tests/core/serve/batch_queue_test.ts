import { assertEquals, assertRejects } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { openQueue, QueueFullError } from "../../../core/serve/batch_queue.ts";

/** A worker that waits until it is let go, and remembers its batches. */
function heldWorker() {
  const batches: number[][] = [];
  let release = (): void => {};
  const work = async (items: number[]): Promise<number[]> => {
    batches.push(items);
    await new Promise<void>((resolve) => release = resolve);
    return items.map((item) => 10 * item);
  };
  return { batches, work, release: () => release() };
}

const forever = new AbortController().signal;

/** Lets all that is ready have its turn. */
const turn = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe("a queue", () => {
  it("works on what waits together, up to the batch, in order", async () => {
    const { batches, work, release } = heldWorker();
    const queue = openQueue(work, { limit: 10, batches: [1, 2] });
    const results = [1, 2, 3].map((item) => queue.push(item, forever));
    await turn();
    assertEquals([batches, queue.waiting], [[[1, 2]], 1]);
    release();
    await turn();
    release();
    assertEquals(await Promise.all(results), [10, 20, 30]);
    assertEquals(batches, [[1, 2], [3]]);
  });

  it("fills the largest batch that it can, and leaves the rest for the next", async () => {
    const { batches, work, release } = heldWorker();
    const queue = openQueue(work, { limit: 10, batches: [1, 2, 4] });
    const results = [1, 2, 3, 4, 5, 6, 7].map((item) => queue.push(item, forever));
    for (let batch = 0; batch < 3; batch++) {
      await turn();
      release();
    }
    assertEquals(await Promise.all(results), [10, 20, 30, 40, 50, 60, 70]);
    assertEquals(batches, [[1, 2, 3, 4], [5, 6], [7]]);
  });

  it("rejects one more than may wait, and says for how long", async () => {
    const { work, release } = heldWorker();
    const queue = openQueue(work, { limit: 1, batches: [1] });
    const first = queue.push(1, forever);
    await turn();
    const second = queue.push(2, forever);
    const error = await assertRejects(() => queue.push(3, forever), QueueFullError);
    assertEquals((error as QueueFullError).seconds >= 1, true);
    release();
    await turn();
    release();
    assertEquals(await Promise.all([first, second]), [10, 20]);
  });

  it("leaves out what was given up while it waited", async () => {
    const { batches, work, release } = heldWorker();
    const queue = openQueue(work, { limit: 10, batches: [1] });
    const first = queue.push(1, forever);
    await turn();
    const patience = new AbortController();
    const second = queue.push(2, patience.signal);
    patience.abort(new Error("enough"));
    await assertRejects(() => second, Error, "enough");
    release();
    assertEquals(await first, 10);
    await queue.idle();
    assertEquals(batches, [[1]]);
  });

  it("goes on after a batch that failed", async () => {
    let fails = true;
    const queue = openQueue((items: number[]) => {
      if (fails) return Promise.reject(new Error("a defect"));
      return Promise.resolve(items);
    }, { limit: 10, batches: [1, 2, 4] });
    await assertRejects(() => queue.push(1, forever), Error, "a defect");
    fails = false;
    assertEquals(await queue.push(2, forever), 2);
  });
});
