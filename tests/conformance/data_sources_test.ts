import { assertEquals } from "@std/assert";
import { join } from "@std/path";
import { after, before, describe, it } from "@std/testing/bdd";
import {
  cached,
  concatenate,
  degraded,
  folderPairs,
  gaussianBlur,
  manifest,
  noise,
  repeat,
  sideBySide,
  subset,
  syntheticFlowers,
} from "../../mod.ts";
import { type Dataset, type DataSource, writePicture } from "../../core/plugin.ts";
import { conformsAsDataSource, type DataSourceNeeds } from "./data_source.ts";
import { exportedFrom } from "./exported.ts";
import { patterned } from "./pictures.ts";

/** Files that are made before, and removed after; sources are made from it when tests run. */
let folder = "";

const inFolder = (...names: string[]): string => join(folder, ...names);

async function writeAll(names: readonly string[], width: number): Promise<void> {
  for (const [seed, name] of names.entries()) {
    const picture = patterned({ width, height: 24, channels: 3, type: "8 bits" }, seed);
    await writePicture(inFolder(...name.split("/")), picture);
  }
}

before(async () => {
  folder = await Deno.makeTempDir({ prefix: "pairlab-conformance-" });
  for (const name of ["pairs/input", "pairs/output", "wide/train", "wide/val", "sharp", "none"]) {
    await Deno.mkdir(inFolder(...name.split("/")), { recursive: true });
  }
  const five = ["a", "b", "c", "d", "e"].map((name) => `${name}.png`);
  await writeAll(five.flatMap((name) => [`pairs/input/${name}`, `pairs/output/${name}`]), 24);
  await writeAll([...five.map((name) => `wide/train/${name}`), "wide/val/a.png"], 48);
  await writeAll(five.map((name) => `sharp/${name}`), 24);
  const lines = five.map((name) => `pairs/input/${name},pairs/output/${name}`);
  await Deno.writeTextFile(inFolder("list.csv"), ["input,target", ...lines].join("\n"));
  await Deno.writeTextFile(
    inFolder("reversed.csv"),
    ["input,target", ...lines.reverse()].join("\n"),
  );
  await Deno.writeTextFile(inFolder("lost.csv"), "input,target\nx.png,y.png\n");
});

after(() => Deno.remove(folder, { recursive: true }));

/** Pairs that no file holds: what combinators are made of. */
function plain(seed = 23, count = 5): DataSource {
  const names = Array.from({ length: count }, (_, index) => `plain-${index}`);
  const dataset = (from: number, to: number): Dataset => ({
    names: names.slice(from, to),
    load: (index) => {
      const name = names.slice(from, to)[index];
      if (name === undefined) return Promise.reject(new RangeError(`Cannot load pair ${index}`));
      const kind = { width: 20, height: 16, channels: 3, type: "8 bits" } as const;
      const [input, target] = [0, 1].map((side) =>
        patterned(kind, seed * 1000 + (from + index) * 2 + side)
      );
      return Promise.resolve({ name, input: input!, target: target! });
    },
  });
  return {
    open: () =>
      Promise.resolve({
        train: dataset(0, count - 1),
        test: dataset(count - 1, count),
        description: `${count} plain pairs`,
        fingerprint: `plain pairs: ${count}, ${seed}`,
      }),
  };
}

const flowers = (seed = 23, count = 3): DataSource => syntheticFlowers({ count, size: 16, seed });
const missing = (): DataSource => folderPairs({ root: inFolder("none") });

/** Everything exported, by its name. */
const SOURCES: Readonly<
  Record<string, readonly [make: () => DataSource, needs?: DataSourceNeeds]>
> = {
  cached: [() => cached(plain()), { broken: { "what it caches": () => cached(missing()) } }],
  concatenate: [() => concatenate(plain(1), plain(2)), {
    others: {
      "another order": () => concatenate(plain(2), plain(1)),
      "one more": () => concatenate(plain(1), plain(2), plain(3)),
    },
    broken: { "one of them": () => concatenate(plain(), missing()), "none": () => concatenate() },
  }],
  degraded: [
    () => degraded({ source: inFolder("sharp"), degrade: [gaussianBlur(), noise()], size: 20 }),
    {
      fresh: true,
      others: {
        "other sharp pictures": () => degraded({ source: plain(), degrade: [gaussianBlur()] }),
        "another range": () =>
          degraded({
            source: inFolder("sharp"),
            degrade: [gaussianBlur({ sigma: [1, 5] }), noise()],
            size: 20,
          }),
        "another size": () =>
          degraded({ source: inFolder("sharp"), degrade: [gaussianBlur(), noise()], size: 21 }),
      },
      broken: {
        "an empty folder": () => degraded({ source: inFolder("none"), degrade: [noise()] }),
        "nothing to be done": () => degraded({ source: plain(), degrade: [] }),
      },
    },
  ],
  folderPairs: [() => folderPairs({ root: inFolder("pairs") }), {
    others: {
      "another split": () => folderPairs({ root: inFolder("pairs"), seed: 24 }),
      "fewer pairs": () => folderPairs({ root: inFolder("pairs"), count: 4 }),
      "exchanged sides": () =>
        folderPairs({ root: inFolder("pairs"), input: "output", output: "input" }),
    },
    broken: { "an empty folder": missing },
  }],
  manifest: [() => manifest({ file: inFolder("list.csv") }), {
    others: { "another list": () => manifest({ file: inFolder("reversed.csv") }) },
    broken: {
      "a missing list": () => manifest({ file: inFolder("no.csv") }),
      "a list of missing pictures": () => manifest({ file: inFolder("lost.csv") }),
    },
  }],
  repeat: [() => repeat(plain(), 2), {
    others: { "another number": () => repeat(plain(), 3) },
    broken: { "half a time": () => repeat(plain(), 0.5) },
  }],
  sideBySide: [() => sideBySide({ root: inFolder("wide") }), {
    others: {
      "the other direction": () => sideBySide({ root: inFolder("wide"), direction: "BtoA" }),
      "fewer pairs": () => sideBySide({ root: inFolder("wide"), count: 3 }),
      "16 bits": () => sideBySide({ root: inFolder("wide"), depth: 16 }),
    },
    broken: {
      "an empty folder": () => sideBySide({ root: inFolder("none") }),
      "two folders": () => sideBySide({ root: inFolder("pairs") }),
    },
  }],
  subset: [() => subset(plain(), { train: 2 }), {
    others: {
      "more of them": () => subset(plain(), { train: 3 }),
      "random ones": () => subset(plain(), { train: 2, seed: 3 }),
    },
    broken: { "more than there are": () => subset(plain(), { test: 50 }) },
  }],
  syntheticFlowers: [() => flowers(), {
    others: { "another seed": () => flowers(24), "more of them": () => flowers(23, 4) },
    broken: { "no flowers": () => flowers(23, 0) },
  }],
};

describe("the suite for data sources", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(SOURCES).sort(), exportedFrom("plugins/data"));
  });
});

for (const [name, [make, needs]] of Object.entries(SOURCES)) {
  conformsAsDataSource(name, make, needs);
}

conformsAsDataSource(
  "degraded pairs, repeated and kept",
  () => repeat(degraded({ source: cached(plain()), degrade: [gaussianBlur()] }), 2),
  { fresh: true },
);
conformsAsDataSource(
  "degraded pictures, always alike",
  () => degraded({ source: inFolder("sharp"), degrade: [noise()], fresh: false }),
);
