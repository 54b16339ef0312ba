/** A training small enough for a test: 32x32 pictures, a few filters, no files read. */
import type { Callback, Dataset, OpenedData, Pair, Wiring } from "../../../core/plugin.ts";
import { randomStream } from "../../../core/random/stream.ts";
import { patchGan } from "../../../plugins/discriminators/patch_gan.ts";
import { unet } from "../../../plugins/generators/unet.ts";
import { gan } from "../../../plugins/losses/gan.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { adam } from "../../../plugins/optimizers/adam.ts";

export const TINY_SIZE = 32;

/** Grainy patches of one colour each, brightened by the target: something that can be learned. */
export function plainPairs(count: number, size: number = TINY_SIZE): Dataset {
  const names = Array.from({ length: count }, (_, index) => `pair${index}`);
  return {
    names,
    load: (index): Promise<Pair> => {
      const random = randomStream(7, "plain", index);
      const colour = [0, 1, 2].map(() => random.integer(180));
      const data = Uint8Array.from(
        { length: size * size * 3 },
        (_, position) => colour[position % 3]! + random.integer(20),
      );
      const shape = { height: size, width: size, channels: 3 };
      return Promise.resolve({
        name: names[index] ?? "none",
        input: { ...shape, data },
        target: { ...shape, data: data.map((value) => value + 50) },
      });
    },
  };
}

/** The data of {@link tinyWiring}: four pairs to train on, two to test with. */
export const tinyData: OpenedData = {
  train: plainPairs(4),
  test: plainPairs(2),
  description: "plain",
  fingerprint: "plain",
};

/** The paper's parts, tiny. */
export function tinyWiring(changes: Partial<Wiring> = {}): Wiring {
  return {
    data: { open: () => Promise.resolve(tinyData) },
    generator: unet({ filters: [4, 8, 8], dropout: 1 }),
    discriminator: patchGan({ receptiveField: 16, filters: 4 }),
    losses: { gan: gan(), l1: l1({ weight: 100 }) },
    optimizer: adam({ rate: 2e-3 }),
    ...changes,
  };
}

/** The shape of the pictures of {@link tinyData}. */
export const tinyShape = {
  input: { height: TINY_SIZE, width: TINY_SIZE, channels: 3 },
  target: { height: TINY_SIZE, width: TINY_SIZE, channels: 3 },
};

/** A callback that notes the names of the hooks that are called on it. */
export function recorder(): Callback & { readonly calls: string[] } {
  const calls: string[] = [];
  return {
    name: "recorder",
    calls,
    onTrainBegin: () => void calls.push("begin"),
    onStepEnd: (_, { step }) => void calls.push(`step ${step}`),
    onEpochEnd: (_, { epoch }) => void calls.push(`epoch ${epoch}`),
    onInterrupt: () => void calls.push("interrupt"),
    onTrainEnd: () => void calls.push("end"),
    onError: () => void calls.push("error"),
  };
}
