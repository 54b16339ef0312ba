/** An experiment for tests of whole processes: seconds on any engine, no files read. */
import { experiment } from "../../../core/experiment/experiment.ts";
import { choice } from "../../../core/experiment/parameters.ts";
import { tinyWiring } from "../train/tiny.ts";

export default experiment(
  { epochs: 3, size: 32, order: choice("alternate", "simultaneous") },
  (p) => tinyWiring({ order: p.order }),
);
