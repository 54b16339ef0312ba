/** The tiny experiment with a parameter for its data, of folders if it is set. */
import { experiment } from "../../../core/experiment/experiment.ts";
import { folderPairs } from "../../../plugins/data/folder_pairs.ts";
import { tinyWiring } from "../train/tiny.ts";

export default experiment(
  { epochs: 1, size: 32, dataset: "" },
  (p) => tinyWiring(p.dataset === "" ? {} : { data: folderPairs({ root: p.dataset }) }),
);
