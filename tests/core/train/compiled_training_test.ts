import { assert, assertEquals } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import type { Callback } from "../../../core/plugin.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { skip, start } from "../backends/tensorflow/installed.ts";
import { trainIn, trainUntil } from "./outcome.ts";

describe("a compiled training", { skip }, () => {
  let engine: { close(): void };
  before(async () => {
    engine = await start();
  });
  after(() => engine.close());

  for (const order of ["alternate", "simultaneous"] as const) {
    // Four pairs make a batch of three and one of a single pair.
    for (const batch of [1, 3]) {
      it(`does to the bit what one does that is not (${order}, batches of ${batch})`, () =>
        inTemporaryFolder(async (folder) => {
          const [off, on] = [join(folder, "off"), join(folder, "on")];
          const expected = await trainIn(off, { order, batch, compile: "off" });
          assertEquals(await trainIn(on, { order, batch, compile: "on" }), expected);
        }));
    }
  }

  it("does to the bit what one does that is not when it predicts colours from lightness", () =>
    inTemporaryFolder(async (folder) => {
      const changes = { colours: "lab", epochs: 1 } as const;
      const expected = await trainIn(join(folder, "off"), { ...changes, compile: "off" });
      assertEquals(await trainIn(join(folder, "on"), { ...changes, compile: "on" }), expected);
    }));

  it("that was interrupted and resumed ends with the bits of one that was not", () =>
    inTemporaryFolder(async (folder) => {
      const whole = await trainIn(join(folder, "whole"), {});
      const broken = join(folder, "broken");
      const half = await trainUntil(3, broken);
      assertEquals(half.losses, whole.losses.slice(0, 3));
      assertEquals(await trainIn(broken, {}), whole);
    }));

  it("lets callbacks predict with the weights of that moment, and see the same pictures", () =>
    inTemporaryFolder(async (folder) => {
      const predictions = async (compile: "off" | "on"): Promise<Uint8Array[]> => {
        const seen: Uint8Array[] = [];
        const watch: Callback = {
          name: "watch",
          onStepEnd: async (run) => {
            const { input } = await run.testPair(0);
            const { data } = await run.predict(input);
            seen.push(Uint8Array.from(data));
          },
        };
        await trainIn(join(folder, compile), { callbacks: [watch], epochs: 1, compile });
        return seen;
      };
      const expected = await predictions("off");
      assert(expected.length === 4 && expected[0]!.join() !== expected[3]!.join());
      assertEquals(await predictions("on"), expected);
    }));
});
