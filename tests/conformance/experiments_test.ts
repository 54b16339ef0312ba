import quickstart from "../../experiments/quickstart.ts";
import architectures from "../../experiments/ablations/architectures.ts";
import generators from "../../experiments/ablations/generators.ts";
import losses from "../../experiments/ablations/losses.ts";
import patches from "../../experiments/ablations/patches.ts";
import { conformsAsAblation } from "./ablation.ts";
import { conformsAsExperiment } from "./experiment.ts";

conformsAsExperiment("quickstart", quickstart, {
  parameters: { size: 32, width: 2, count: 5, dataset: "dataset" },
});

for (const [name, ablation] of Object.entries({ architectures, generators, losses, patches })) {
  conformsAsAblation(name, ablation);
}
