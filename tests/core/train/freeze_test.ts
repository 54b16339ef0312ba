import { assert, assertEquals, assertThrows } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import { startWasm } from "../../../core/backends/wasm/backend.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { FreezeOptions } from "../../../core/interfaces/experiment.ts";
import { buildNetworks, namedVariables } from "../../../core/model/networks.ts";
import { loadNewestCheckpoint } from "../../../core/runs/checkpoints.ts";
import { frozenVariables, isFrozen } from "../../../core/train/freeze.ts";
import { adamW } from "../../../plugins/optimizers/adam_w.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { type Changes, trainIn, trainUntil } from "./outcome.ts";
import { tinyShape, tinyWiring } from "./tiny.ts";

describe("frozen layers", () => {
  // Several times as fast as tfjs' own.
  let engine: { close(): void };
  before(async () => {
    engine = await startWasm();
  });
  after(() => engine.close());

  /** The kernels that differ after two epochs from what they were made as. */
  async function learned(freeze: FreezeOptions, changes: Changes = {}): Promise<string[]> {
    const names: string[] = [];
    await inTemporaryFolder(async (folder) => {
      const networks = buildNetworks(tinyWiring(), tinyShape, 23);
      await trainIn(folder, { freeze, ...changes });
      const checkpoint = await loadNewestCheckpoint(join(folder, "checkpoints"), () => {});
      for (const network of ["generator", "discriminator"] as const) {
        const trained = checkpoint!.tensors.get(`${network}.safetensors`)!;
        for (const [name, variable] of namedVariables(networks[network]!)) {
          if (!name.endsWith("kernel")) continue;
          if (variable.dataSync().join() !== trained.get(name)!.values.join()) {
            names.push(`${network}/${name}`);
          }
        }
      }
    });
    return names;
  }

  it("keep their weights while the others learn, also where weights decay", async () => {
    const optimizer = adamW({ rate: 2e-3, weightDecay: 0.1 });
    const all = await learned({}, { optimizer });
    const some = await learned({ generator: ["down"] }, { optimizer });
    assertEquals(some, all.filter((name) => !name.startsWith("generator/down")));
    assert(some.length < all.length);
  });

  it("can be a whole network", async () => {
    const left = await learned({ discriminator: true });
    assert(left.length > 0 && left.every((name) => name.startsWith("generator/")));
  });

  it("learn after the first steps, if only those are frozen", async () => {
    const all = await learned({});
    assertEquals(await learned({ generator: true, steps: 7 }), all);
    const left = await learned({ generator: true, steps: 8 });
    assert(left.every((name) => name.startsWith("discriminator/")));
    assertEquals([7, 8, 9].map((step) => isFrozen(step, { steps: 8 })), [true, true, false]);
  });

  it("train to the same bits through an interruption", async () => {
    const freeze = { generator: ["down"], steps: 5 };
    await inTemporaryFolder(async (root) => {
      const whole = await trainIn(join(root, "whole"), { freeze });
      await trainUntil(3, join(root, "parts"), { freeze });
      assertEquals(await trainIn(join(root, "parts"), { freeze }), whole);
    });
  });

  it("are refused if there are none of that name", () => {
    const networks = buildNetworks(tinyWiring(), tinyShape, 23);
    const error = assertThrows(() => frozenVariables(networks, { generator: ["dwn1"] }));
    assert(error instanceof PairlabError);
    assert(/^Cannot freeze "dwn1": no layer of the generator begins so\./.test(error.message));
    const { generator } = networks;
    assertThrows(
      () => frozenVariables({ generator }, { discriminator: true }),
      PairlabError,
      "the experiment has none",
    );
  });
});
