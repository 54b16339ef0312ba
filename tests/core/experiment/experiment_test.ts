import { assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { experiment } from "../../../core/experiment/experiment.ts";
import { choice, type GivenParameters, override } from "../../../core/experiment/parameters.ts";
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
  const refuses = (given: GivenParameters, words: string): void => {
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

  it("take values of the parameter's type as they are", () => {
    const values = override(sample, { lambda: 50, mirror: false, order: "second", epochs: 3 });
    assertEquals(
      values,
      override(sample, { lambda: "50", mirror: "false", order: "second", epochs: "3" }),
    );
  });

  it("read a boolean that is only named as true", () => {
    assertEquals(override(sample, { mirror: "" })["mirror"], true);
  });

  refuses({ lamda: "50" }, 'Did you mean "lambda"?');
  refuses({ colour: "red" }, 'Use "epochs", "batch", "size", "seed", "dataset",');
  refuses({ lambda: "fifty" }, "it is not a number. Use for example 100.");
  refuses({ lambda: "" }, "it is not a number");
  refuses({ rate: "Infinity" }, "it is not a number");
  refuses({ mirror: "yes" }, "Use true or false.");
  refuses({ order: "frst" }, 'Did you mean "first"?');
  refuses({ dataset: "" }, "to nothing");
  refuses({ dataset: 5 }, "it is not a text");
  refuses({ mirror: 1 }, "Use true or false.");
  refuses({ rate: NaN }, "it is not a number");
  refuses({ order: 1 }, 'Use "first" or "second".');
  refuses({ epochs: "0" }, "Use a whole number from 1");
  refuses({ batch: "1.5" }, "Use a whole number from 1");
  refuses({ seed: "-1" }, "Use a whole number from 0");
  refuses({ constructor: "x" }, "no such parameter");
  refuses({ __proto__x: "x" }, "no such parameter");
});
