import { assert, assertEquals, assertThrows } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { ablation } from "../../../core/ablate/ablation.ts";
import { dataKey, labelOf, variantExperiment } from "../../../core/ablate/variant.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import { experiment } from "../../../core/experiment/experiment.ts";
import { choice } from "../../../core/experiment/parameters.ts";
import { l1 } from "../../../plugins/losses/l1.ts";
import { slurm } from "../../../plugins/launchers/slurm.ts";
import { psnr } from "../../../plugins/metrics/psnr.ts";
import { tinyData, tinyWiring } from "../train/tiny.ts";

const base = experiment(
  { size: 32, lambda: 100, order: choice("alternate", "simultaneous") },
  (p) => tinyWiring({ order: p.order, losses: { l1: l1({ weight: p.lambda }) } }),
);
const shared = { title: "Tiny", experiment: base, metrics: [psnr()] };

describe("a matrix", () => {
  const matrix = ablation({
    ...shared,
    variants: {
      "none": { discriminator: undefined },
      "weak": { parameters: { lambda: 1 } },
      "labelled": (p) => ({ label: `lambda ${p.lambda}`, order: "simultaneous" }),
      "other data": { data: { open: () => Promise.resolve(tinyData) } },
    },
    scale: { quick: { epochs: 1, lambda: 50 }, long: { epochs: 9 } },
  });

  it("takes seeds 1, 2, 3 and the last variant for reference, unless told otherwise", () => {
    assertEquals(matrix.seeds, [1, 2, 3]);
    assertEquals(matrix.reference, "other data");
  });

  it("may name the launcher of its cells", () => {
    const launcher = slurm({ partition: "gpu", cores: 4 });
    const own = ablation({ ...shared, variants: { "none": {} }, launcher });
    assertEquals([own.launcher?.name, own.launcher?.cores], ["slurm", 4]);
    assertEquals(matrix.launcher, undefined);
  });

  it("makes experiments of its variants: the scale's parameters, then their own", () => {
    const defaults = (variant: string, scale: string) =>
      variantExperiment(matrix, { variant, scale }).defaults;
    assertEquals(defaults("none", "quick")["lambda"], 50);
    assertEquals(defaults("none", "quick")["epochs"], 1);
    assertEquals(defaults("weak", "quick")["lambda"], 1);
    assertEquals(defaults("none", "long")["lambda"], 100);
  });

  it("takes parts out and puts others in", () => {
    const wire = (variant: string) => {
      const made = variantExperiment(matrix, { variant, scale: "quick" });
      return made.wire(made.defaults);
    };
    assertEquals("discriminator" in wire("none"), false);
    assert(wire("weak").discriminator !== undefined);
    assertEquals(wire("weak").order, "alternate");
    assertEquals(wire("labelled").order, "simultaneous");
  });

  it("calls a variant by its label, which may tell parameters", () => {
    assertEquals(labelOf(matrix, "labelled", { ...base.defaults, lambda: 7 }), "lambda 7");
    assertEquals(labelOf(matrix, "weak", base.defaults), "weak");
  });

  it("knows which cells have the same data", () => {
    const key = (variant: string, seed: number) =>
      dataKey(matrix, variant, { ...base.defaults, seed });
    assertEquals(key("none", 1), key("labelled", 1));
    assert(key("none", 1) !== key("none", 2));
    assert(key("none", 1) !== key("other data", 1));
  });

  it("is refused with what would work", () => {
    const refused = (words: string, options: Record<string, unknown>) =>
      assertThrows(
        () => ablation({ ...shared, variants: { a: {} }, ...options } as never),
        PairlabError,
        words,
      );
    refused("no variants", { variants: {} });
    refused('Cannot name a variant "16"', { variants: { "16": {} } });
    refused('Did you mean "lambda"?', { scale: { quick: { lamda: 1 } } });
    refused("it is not a number", { scale: { quick: { lambda: "1" } } });
    refused('"alternate" or "simultaneous"', { variants: { a: { parameters: { order: "x" } } } });
    refused("seeds: [3]", { scale: { quick: { seed: 3 } } });
    refused("each once", { seeds: [1, 1] });
    refused("Cannot train with the seed -1", { seeds: [-1] });
    refused("metrics is empty", { metrics: [] });
    refused('Cannot test against "b"', { reference: "b" });
    refused("scale", { scale: {} });
  });
});
