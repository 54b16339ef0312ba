/** Inception v3 as FID has it, with the weights of the package `pytorch-fid`. */
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, SymbolicTensor } from "@tensorflow/tfjs";
import {
  apply,
  type ImportedConvolution,
  ImportedNetwork,
  type NetworkWeights,
} from "../../../core/plugin.ts";

/** A convolution with batch norm and ReLU: its name within the block, kernel, channels, the rest. */
type Step = readonly [
  own: string,
  kernel: number | readonly [number, number],
  filters: number,
  more?: Pick<ImportedConvolution, "stride" | "pad">,
];

const WIDE = [1, 7] as const, TALL = [7, 1] as const;
/** Halves the size, without padding. */
const HALF = { stride: 2, pad: 0 } as const;

/** Builds the network as far as its 2048 features before pooling. */
export function buildInception(weights: NetworkWeights): LayersModel {
  const network = new ImportedNetwork(weights);
  let pools = 0;

  /** One convolution after the other; each keeps the size unless it says otherwise. */
  const row = (x: SymbolicTensor, block: string, steps: readonly Step[]): SymbolicTensor => {
    for (const [own, kernel, filters, more] of steps) {
      const name = block === "" ? own : `${block}.${own}`;
      const convolved = network.convolution(x, `${name}.conv`, {
        ...{ kernel, filters, norm: `${name}.bn`, pad: "same" },
        ...more,
      });
      x = apply(tf.layers.reLU({ name: `${name}.relu` }), convolved);
    }
    return x;
  };
  const maxPool = (x: SymbolicTensor): SymbolicTensor =>
    apply(tf.layers.maxPooling2d({ name: `pool${pools++}`, poolSize: 3, strides: 2 }), x);
  /** Without the padding's zeros, as TensorFlow averages: pytorch-fid's change to torchvision. */
  const pooled = (x: SymbolicTensor, how: "average" | "max" = "average"): SymbolicTensor => {
    const options = { name: `pool${pools++}`, poolSize: 3, strides: 1, padding: "same" } as const;
    return apply(
      how === "max" ? tf.layers.maxPooling2d(options) : tf.layers.averagePooling2d(options),
      x,
    );
  };
  const join = (name: string, parts: SymbolicTensor[]): SymbolicTensor =>
    apply(tf.layers.concatenate({ name }), parts);

  const blockA = (x: SymbolicTensor, own: string, ofPool: number): SymbolicTensor =>
    join(own, [
      row(x, own, [["branch1x1", 1, 64]]),
      row(x, own, [["branch5x5_1", 1, 48], ["branch5x5_2", 5, 64]]),
      row(x, own, [["branch3x3dbl_1", 1, 64], ["branch3x3dbl_2", 3, 96], [
        "branch3x3dbl_3",
        3,
        96,
      ]]),
      row(pooled(x), own, [["branch_pool", 1, ofPool]]),
    ]);
  const blockC = (x: SymbolicTensor, own: string, inner: number): SymbolicTensor =>
    join(own, [
      row(x, own, [["branch1x1", 1, 192]]),
      row(x, own, [
        ["branch7x7_1", 1, inner],
        ["branch7x7_2", WIDE, inner],
        ["branch7x7_3", TALL, 192],
      ]),
      row(x, own, [
        ["branch7x7dbl_1", 1, inner],
        ["branch7x7dbl_2", TALL, inner],
        ["branch7x7dbl_3", WIDE, inner],
        ["branch7x7dbl_4", TALL, inner],
        ["branch7x7dbl_5", WIDE, 192],
      ]),
      row(pooled(x), own, [["branch_pool", 1, 192]]),
    ]);
  const blockE = (x: SymbolicTensor, own: string, how: "average" | "max"): SymbolicTensor => {
    /** A convolution split into a wide and a tall one. */
    const split = (x: SymbolicTensor, name: string): SymbolicTensor[] => [
      row(x, own, [[`${name}a`, [1, 3], 384]]),
      row(x, own, [[`${name}b`, [3, 1], 384]]),
    ];
    const once = row(x, own, [["branch3x3_1", 1, 384]]);
    const twice = row(x, own, [["branch3x3dbl_1", 1, 448], ["branch3x3dbl_2", 3, 384]]);
    return join(own, [
      row(x, own, [["branch1x1", 1, 320]]),
      ...split(once, "branch3x3_2"),
      ...split(twice, "branch3x3dbl_3"),
      row(pooled(x, how), own, [["branch_pool", 1, 192]]),
    ]);
  };

  let x = row(network.input, "", [
    ["Conv2d_1a_3x3", 3, 32, HALF],
    ["Conv2d_2a_3x3", 3, 32, { pad: 0 }],
    ["Conv2d_2b_3x3", 3, 64],
  ]);
  x = row(maxPool(x), "", [["Conv2d_3b_1x1", 1, 80], ["Conv2d_4a_3x3", 3, 192, { pad: 0 }]]);
  x = blockA(maxPool(x), "Mixed_5b", 32);
  x = blockA(x, "Mixed_5c", 64);
  x = blockA(x, "Mixed_5d", 64);
  x = join("Mixed_6a", [
    row(x, "Mixed_6a", [["branch3x3", 3, 384, HALF]]),
    row(x, "Mixed_6a", [
      ["branch3x3dbl_1", 1, 64],
      ["branch3x3dbl_2", 3, 96],
      ["branch3x3dbl_3", 3, 96, HALF],
    ]),
    maxPool(x),
  ]);
  x = blockC(x, "Mixed_6b", 128);
  x = blockC(x, "Mixed_6c", 160);
  x = blockC(x, "Mixed_6d", 160);
  x = blockC(x, "Mixed_6e", 192);
  x = join("Mixed_7a", [
    row(x, "Mixed_7a", [["branch3x3_1", 1, 192], ["branch3x3_2", 3, 320, HALF]]),
    row(x, "Mixed_7a", [
      ["branch7x7x3_1", 1, 192],
      ["branch7x7x3_2", WIDE, 192],
      ["branch7x7x3_3", TALL, 192],
      ["branch7x7x3_4", 3, 192, HALF],
    ]),
    maxPool(x),
  ]);
  x = blockE(x, "Mixed_7b", "average");
  return network.finish(blockE(x, "Mixed_7c", "max"));
}
