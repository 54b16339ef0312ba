import { assert, assertEquals, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { describe, it } from "@std/testing/bdd";
import { decodePicture, type Picture, type TrainingRun } from "../../../core/plugin.ts";
import { samples } from "../../../plugins/callbacks/samples.ts";

type Colour = readonly [number, number, number];

function flat([red, green, blue]: Colour, size = 200): Picture {
  const data = new Uint8Array(size * size * 3);
  for (let i = 0; i < data.length; i += 3) data.set([red, green, blue], i);
  return { data, width: size, height: size, channels: 3 };
}

function fail(line: string): never {
  throw new Error(line);
}

/** A run of red inputs and green targets; its generator answers in blue, brighter for each. */
function fakeRun(folder: string, pairs: number, log: string[]): TrainingRun {
  const names = Array.from({ length: pairs }, (_, index) => `${index}.jpg`);
  const testPair = (index: number) => {
    log.push(`load ${index}`);
    return Promise.resolve({
      name: names[index]!,
      input: flat([255, 0, index]),
      target: flat([0, 255, index]),
    });
  };
  return {
    experiment: "fake",
    folder,
    epochs: 3,
    stepsPerEpoch: 1,
    batch: 1,
    done: { epoch: 0, step: 0 },
    test: { names, load: () => Promise.reject(new Error("not at the networks' size")) },
    testPair,
    predict: ({ data }) => {
      log.push(`predict ${data[2]}`);
      const answer = flat([0, 0, 200 + 10 * data[2]!]);
      return Promise.resolve({ ...answer, data: Float32Array.from(answer.data) });
    },
    save: () => fail("samples save nothing"),
    record: () => fail("samples record nothing"),
    find: () => Promise.resolve(),
    judge: () => Promise.resolve([]),
    stop: () => fail("samples stop nothing"),
    say: () => {},
  };
}

async function inFolder(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

async function files(folder: string): Promise<string[]> {
  const entries = await Array.fromAsync(Deno.readDir(join(folder, "samples")));
  return entries.map(({ name }) => name).sort();
}

const report = (epoch: number) => ({ epoch, step: epoch, losses: {}, seconds: 1 });

describe("samples", () => {
  it("writes the prediction and a panel for each of the first test pictures", () =>
    inFolder(async (folder) => {
      const log: string[] = [];
      const run = fakeRun(folder, 4, log);
      const callback = samples({ count: 2 });
      await callback.onEpochEnd?.(run, report(1));
      await callback.onEpochEnd?.(run, report(12));
      assertEquals(await files(folder), [
        "0_1.jpg",
        "0_1.png",
        "0_12.jpg",
        "0_12.png",
        "1_1.jpg",
        "1_1.png",
        "1_12.jpg",
        "1_12.png",
      ]);
      assertEquals(log.slice(0, 4), ["load 0", "predict 0", "load 1", "predict 1"]);

      const prediction = await decodePicture(join(folder, "samples", "1_1.jpg"));
      assertEquals([prediction.width, prediction.height], [200, 200]);
      const [red, green, blue] = prediction.data.subarray(0, 3);
      assert(red! < 5 && green! < 5 && Math.abs(blue! - 210) < 5, `${red} ${green} ${blue}`);
    }));

  it("shows input, truth and prediction from left to right in the panel", () =>
    inFolder(async (folder) => {
      await samples().onEpochEnd?.(fakeRun(folder, 1, []), report(1));
      const panel = await decodePicture(join(folder, "samples", "0_1.png"));
      const middle = Math.floor(panel.height * 0.6) * panel.width;
      const seen: string[] = [];
      for (let x = 0; x < panel.width; x++) {
        const colour = panel.data.subarray((middle + x) * 3, (middle + x) * 3 + 3).join(",");
        if (seen.at(-1) !== colour) seen.push(colour);
      }
      const white = "255,255,255";
      assertEquals(seen, [white, "255,0,0", white, "0,255,0", white, "0,0,200", white]);
    }));

  it("makes do with fewer test pictures than it is asked for", () =>
    inFolder(async (folder) => {
      await samples().onEpochEnd?.(fakeRun(folder, 3, []), report(1));
      assertEquals((await files(folder)).length, 6);
    }));

  it("waits for the end of an epoch", () => {
    const callback = samples();
    assertEquals(Object.keys(callback).sort(), ["mode", "name", "onEpochEnd"]);
  });

  it("refuses a count that is none", () => {
    for (const count of [-1, 1.5, NaN]) assertThrows(() => samples({ count }), RangeError);
  });
});
