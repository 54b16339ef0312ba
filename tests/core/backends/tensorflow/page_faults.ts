/**
 * Prints how many pages the system gave this process during eight runs of a kernel with 34 MB of
 * scratch, after a first one. A process of its own, since what glibc is told concerns the threads
 * that begin afterwards, and those of a test runner have begun.
 */
import * as tf from "@tensorflow/tfjs";
import process from "node:process";
import { filterGradientWays } from "../../../../core/backends/tensorflow/convolution.ts";
import type { Backend } from "../../../../core/backends/tensorflow/convolution/operations.ts";
import { start } from "./installed.ts";

const engine = await start();
const conv = tf.backend_util.computeConv2DInfo([1, 4, 4, 512], [4, 4, 512, 1024], 2, 1, "same");
const x = tf.ones<tf.Rank.R4>(conv.inShape), dy = tf.ones<tf.Rank.R4>(conv.outShape);
const compute = (): void =>
  filterGradientWays.native(tf.backend() as Backend, x, dy, conv).dispose();

compute();
const { minorPageFault: before } = process.resourceUsage();
for (let i = 0; i < 8; i++) compute();
process.stdout.write(`${process.resourceUsage().minorPageFault - before}\n`);
engine.close();
