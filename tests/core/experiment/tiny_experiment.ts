/** An experiment for tests of whole processes: seconds on any engine, no files read. */
import { choice, experiment } from "../../../core/experiment/experiment.ts";
import { tinyWiring } from "../train/tiny.ts";

export default experiment(
  { epochs: 3, size: 32, order: choice("alternate", "simultaneous") },
  (p) => tinyWiring({ order: p.order }),
);
