import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { datasetOf } from "../../../core/data/dataset.ts";
import { keepValidation } from "../../../core/data/validation.ts";
import type { DataSource, OpenedData } from "../../../core/interfaces/pictures.ts";
import { cached } from "../../../plugins/data/cached.ts";
import { concatenate } from "../../../plugins/data/concatenate.ts";
import { degraded } from "../../../plugins/data/degraded.ts";
import { repeat } from "../../../plugins/data/repeat.ts";
import { subset } from "../../../plugins/data/subset.ts";
import { gaussianBlur } from "../../../plugins/degrade/gaussian_blur.ts";

const data = (names: readonly string[]): OpenedData => ({
  train: datasetOf(names, (name) => name, (name) => Promise.reject(new Error(name))),
  test: { names: [], load: () => Promise.reject(new Error("none")) },
  description: "letters",
  fingerprint: "abc",
});

describe("keepValidation", () => {
  const names = Array.from({ length: 400 }, (_, index) => `${index}.jpg`);

  it("keeps a tenth, the same each time, and leaves the others in their order", () => {
    const { train, validation } = keepValidation(data(names));
    assertEquals([train.names.length, validation!.names.length], [360, 40]);
    assertEquals(train.names, names.filter((name) => !validation!.names.includes(name)));
    assertEquals(keepValidation(data(names)).validation!.names, validation!.names);
  });

  const letters: DataSource = { open: () => Promise.resolve(data(["a", "b", "c"])) };
  const letterOf = (name: string): string => name.replace(/^\d-/, "")[0]!;

  it("keeps all that is made of a pair out of the training, and of its copies one", async () => {
    const degrade = [gaussianBlur({ sigma: 1 })];
    const sources: readonly (readonly [DataSource, number])[] = [
      [repeat(letters, 3), 1],
      [repeat(repeat(letters, 2), 2), 1],
      [cached(repeat(subset(degraded({ source: letters, degrade }), { train: 3 }), 2)), 1],
      [concatenate(letters, letters), 2],
      [repeat(concatenate(letters, repeat(letters, 2)), 2), 2],
      [subset(repeat(letters, 4), { train: 11, seed: 1 }), 1],
    ];
    for (const [source, count] of sources) {
      const opened = await source.open();
      const { train, validation } = keepValidation(opened);
      const [kept] = validation!.names.map(letterOf);
      assertEquals(validation!.names.length, count);
      assertEquals(train.names, opened.train.names.filter((name) => letterOf(name) !== kept));
    }
  });

  it("keeps every target of an input", () => {
    const names = ["a", "b", "c"].flatMap((name) => [`${name} (line 2)`, `${name} (line 3)`]);
    const opened = data(names);
    const train = { ...opened.train, originals: names.map((name) => name[0]!) };
    const { validation } = keepValidation({ ...opened, train });
    assertEquals(validation!.names, ["b (line 2)", "b (line 3)"]);
  });

  it("takes names that only look alike for those of different pairs", () => {
    const alike = ["a.png", "a.jpg", "A.png", "a", "a 2", "a #2", "1-a", "2-a"];
    const { train, validation } = keepValidation(data(alike));
    assertEquals([...train.names, ...validation!.names].sort(), alike.toSorted());
    assertEquals(validation!.names.length, 1);
  });

  it("refuses what leaves nothing to train on", async () => {
    const copies = await repeat({ open: () => Promise.resolve(data(["a"])) }, 2).open();
    assertThrows(
      () => keepValidation(copies),
      PairlabError,
      "letters, each of those that train 2 times an epoch has 1 to train on",
    );
  });
});
