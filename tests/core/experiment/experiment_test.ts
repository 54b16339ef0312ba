import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { choice, experiment, override } from "../../../core/experiment/experiment.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { tinyWiring } from "../train/tiny.ts";

const sample = experiment(
  { dataset: "dataset", rate: 2e-4, lambda: 100, mirror: true, order: choice("first", "second") },
  () => tinyWiring(),
);

describe("an experiment's parameters", () => {
  it("are its own and the standard ones, its own defaults first", () => {
    const other = experiment({ epochs: 3 }, () => tinyWiring());
    assertEquals(other.defaults, { epochs: 3, batch: 1, size: 256, seed: 23 });
  });

  it("reach the set-up with the types of their defaults", () => {
    let seen: unknown;
    const typed = experiment({ rate: 2e-4, order: choice("first", "second") }, (p) => {
      // The compiler checks these two lines.
      const rate: number = p.rate;
      const order: "first" | "second" = p.order;
      seen = [rate, order, p.seed];
      return tinyWiring();
    });
    typed.wire(override(typed, { rate: "1e-3", order: "second" }));
    assertEquals(seen, [1e-3, "second", 23]);
  });

  it("cannot have the name of an option of the command line", () => {
    for (const name of ["limit", "checkpoint-every", "not-finite"]) {
      const refused = `parameter "${name}"`;
      assertThrows(() => experiment({ [name]: 3 }, () => tinyWiring()), PairlabError, refused);
    }
  });
});

describe("overrides", () => {
  const refuses = (given: Record<string, string>, words: string): void => {
    it(`refuse ${JSON.stringify(given)} with: ${words}`, () => {
      assertThrows(() => override(sample, given), PairlabError, words);
    });
  };

  it("replace numbers, texts, booleans and choices", () => {
    const values = override(sample, {
      lambda: "50",
      dataset: "flowers",
      mirror: "false",
      order: "second",
    });
    assertEquals(values, {
      ...sample.defaults,
      lambda: 50,
      dataset: "flowers",
      mirror: false,
      order: "second",
    });
  });

  it("read a boolean that is only named as true", () => {
    assertEquals(override(sample, { mirror: "" })["mirror"], true);
  });

  refuses({ lamda: "50" }, '"lambda" would work');
  refuses({ colour: "red" }, "--help lists them");
  refuses({ lambda: "fifty" }, "it is not a number, e.g. 100 would work");
  refuses({ lambda: "" }, "it is not a number");
  refuses({ rate: "Infinity" }, "it is not a number");
  refuses({ mirror: "yes" }, "true or false would work");
  refuses({ order: "frst" }, 'did you mean "first"?');
  refuses({ dataset: "" }, "to nothing");
  refuses({ epochs: "0" }, "a whole number from 1");
  refuses({ batch: "1.5" }, "a whole number from 1");
  refuses({ seed: "-1" }, "a whole number from 0");
  refuses({ constructor: "x" }, "no such parameter");
  refuses({ __proto__x: "x" }, "no such parameter");
});
