import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { datasetOf } from "../../../core/data/dataset.ts";
import { keepValidation } from "../../../core/data/validation.ts";
import type { Dataset, OpenedData } from "../../../core/interfaces/pictures.ts";

const data = (names: readonly string[]): OpenedData => ({
  train: datasetOf(names, (name) => name, (name) => Promise.reject(new Error(name))),
  test: {} as Dataset,
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

  it("keeps at least one, and all copies and targets of it out of the training", () => {
    const copies = ["a", "b", "c"].flatMap((name) => [name, `${name} #2`, `${name} (line 7)`]);
    const { train, validation } = keepValidation(data(copies));
    const [kept] = validation!.names;
    assertEquals(validation!.names.length, 1);
    assertEquals(train.names, copies.filter((name) => !name.startsWith(kept!)));
  });

  it("takes names that only look alike for those of different pairs", () => {
    const alike = ["a.png", "a.jpg", "A.png", "a", "a 2", "a#2"];
    const { train, validation } = keepValidation(data(alike));
    assertEquals([...train.names, ...validation!.names].sort(), alike.toSorted());
    assertEquals(validation!.names.length, 1);
  });

  it("refuses what leaves nothing to train on", () => {
    assertThrows(
      () => keepValidation(data(["a", "a #2"])),
      PairlabError,
      "letters has 1 to train on",
    );
  });
});
