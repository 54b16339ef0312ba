import { assertEquals } from "@std/assert";
import { describe, it } from "@std/testing/bdd";
import { adam, adamW, clipNorm, clipValue, cosine, rmsProp, sgd } from "../../mod.ts";
import type { Optimizer } from "../../core/plugin.ts";
import { exportedFrom } from "./exported.ts";
import { conformsAsOptimizer } from "./optimizer.ts";

/** Everything exported, by its name. */
const OPTIMIZERS: Readonly<Record<string, () => Optimizer>> = {
  adam: () => adam(),
  adamW: () => adamW(),
  clipNorm: () => clipNorm(adam()),
  clipValue: () => clipValue(adam()),
  rmsProp: () => rmsProp(),
  sgd: () => sgd(),
};

describe("the suite for optimizers", () => {
  it("is run for everything exported", () => {
    assertEquals(Object.keys(OPTIMIZERS).sort(), exportedFrom("plugins/optimizers"));
  });
});

for (const [name, make] of Object.entries(OPTIMIZERS)) conformsAsOptimizer(name, make);
conformsAsOptimizer("rmsProp with momentum", () => rmsProp({ momentum: 0.9 }));
conformsAsOptimizer("sgd by Nesterov's way", () => sgd({ momentum: 0.9, nesterov: true }));
conformsAsOptimizer("adam with a schedule", () => adam({ rate: cosine() }));
