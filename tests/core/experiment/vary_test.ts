import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { PairlabError } from "../../../core/base/errors.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import { choice, override } from "../../../core/experiment/parameters.ts";
import { vary } from "../../../core/experiment/vary.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { tinyWiring } from "../train/tiny.ts";

const base = experiment(
  { lambda: 100, order: choice("alternate", "simultaneous") },
  (p) => tinyWiring({ losses: { l1: l1({ weight: p.lambda }) }, order: p.order }),
);

describe("a varied experiment", () => {
  it("has the parts that are named, and of the other all that are not", () => {
    const generator = tinyWiring().generator;
    const wired = vary(base, { generator }).wire(base.defaults);
    assert(wired.generator === generator);
    assertEquals(Object.keys(wired).sort(), Object.keys(base.wire(base.defaults)).sort());
    assertEquals(Object.keys(wired.losses), ["l1"]);
  });

  it("can do without a part, and hands the parameters and the other's parts to a function", () => {
    const seen: unknown[] = [];
    const alone = vary(base, (p, { losses }) => {
      seen.push(p.lambda, Object.keys(losses));
      return { discriminator: undefined };
    });
    const wired = alone.wire(override(alone, { lambda: "7" }));
    assert(!("discriminator" in wired));
    assertEquals(seen, [7, ["l1"]]);
  });

  it("has its own defaults, which the command line overrides as ever", () => {
    const other = vary(vary(base, { parameters: { lambda: 10 } }), {
      parameters: { epochs: 3, order: "simultaneous" },
    });
    assertEquals(other.defaults, {
      ...base.defaults,
      lambda: 10,
      epochs: 3,
      order: "simultaneous",
    });
    assertEquals(other.wire(other.defaults).order, "simultaneous");
    assertEquals(override(other, { order: "alternate" })["order"], "alternate");
    assertEquals(base.defaults["lambda"], 100);
  });

  it("refuses parameters that the other has not, and values of another kind", () => {
    const refuses = (parameters: object, words: string): void => {
      assertThrows(() => vary(base, { parameters } as never), PairlabError, words);
    };
    refuses({ lamda: 1 }, 'no such parameter. Did you mean "lambda"?');
    refuses({ lambda: "1" }, "it is not a number");
    refuses({ order: "reverse" }, 'Use "alternate" or "simultaneous".');
    refuses({ seed: 1 }, "--seed=1.");
  });
});
