import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { after, before, describe, it } from "@std/testing/bdd";
import { join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import { startEngine } from "../../../core/backends/engine.ts";
import { PairlabError } from "../../../core/base/errors.ts";
import type { ExportFormat } from "../../../core/export/format.ts";
import { onnxFormat } from "../../../core/export/formats/onnx.ts";
import { savedModelFormat } from "../../../core/export/formats/saved_model.ts";
import { tfjsFormat } from "../../../core/export/formats/tfjs.ts";
import { generatorGraph, levelsFunction } from "../../../core/export/generator.ts";
import { identity, unet } from "../../../mod.ts";
import { skip as skipTensorflow } from "../backends/tensorflow/installed.ts";
import { inTemporaryFolder } from "../../temporary_folder.ts";
import { build, differenceOf, GENERATORS, levels, SIZES } from "./generators.ts";

/** Sums of float32 in another order: far below the level of 255 at which a picture changes. */
const TOLERANCE = 0.01;

const ABOUT = { version: "0.0.0", description: "a test", metadata: { note: "kept" } };

/** A network that writes down a number for each column of the picture. */
function ramp(): tf.LayersModel {
  class Ramp extends tf.layers.Layer {
    static readonly className = "Ramp";
    override call([x]: [tf.Tensor]): tf.Tensor {
      const width = x.shape[2]!;
      const columns = tf.tensor(Array.from({ length: width }, (_, index) => index / width));
      return tf.mul(x, tf.reshape(columns, [1, 1, width, 1]));
    }
  }
  const input = tf.input({ shape: [32, 32, 3] });
  return tf.model({ inputs: input, outputs: new Ramp({}).apply(input) as tf.SymbolicTensor });
}

/** A network that takes the largest channel from what a transposed convolution makes of a picture. */
function largest(): tf.LayersModel {
  class Largest extends tf.layers.Layer {
    static readonly className = "Largest";
    override call([x]: [tf.Tensor4D]): tf.Tensor {
      const [batch, height, width] = x.shape;
      const filter = tf.fill<tf.Rank.R4>([2, 2, 3, 3], 0.1);
      const large = tf.conv2dTranspose(x, filter, [batch, 2 * height, 2 * width, 3], 2, "same");
      return tf.sub(tf.avgPool(large, 2, 2, "same"), tf.max(x, -1, true));
    }
  }
  const input = tf.input({ shape: [32, 32, 3] });
  return tf.model({ inputs: input, outputs: new Largest({}).apply(input) as tf.SymbolicTensor });
}

for (
  const { format, engine, skip } of [
    { format: onnxFormat, engine: "cpu", skip: false },
    { format: tfjsFormat, engine: "cpu", skip: false },
    { format: savedModelFormat, engine: "tensorflow", skip: skipTensorflow },
  ] as { format: ExportFormat; engine: "cpu" | "tensorflow"; skip: string | false }[]
) {
  describe(`--format=${format.name}`, { skip }, () => {
    before(async () => void await startEngine(engine));
    after(() => tf.disposeVariables());

    const compare = async (
      generator: ReturnType<typeof build>,
      sizes = SIZES,
      halves = false,
    ): Promise<void> =>
      await inTemporaryFolder(async (folder) => {
        const graph = await generatorGraph(generator);
        assertEquals(graph.fixed, null, "takes pictures of any multiple of its size");
        await format.write(folder, { generator, graph, halves, ...ABOUT });
        const network = await format.open(folder, { generator, graph, halves, ...ABOUT });
        assert(typeof network !== "string", `${network}`);
        for (const size of sizes) {
          const difference = await differenceOf(network, levelsFunction(generator), levels(size));
          const most = halves ? 1 : TOLERANCE;
          assert(difference < most, `${size.join("x")}: ${difference} levels of 255`);
        }
      });

    for (const [name, generator] of Object.entries(GENERATORS)) {
      for (const mode of ["deterministic", "running"] as const) {
        it(`gives the pictures of ${name} in the mode ${mode}, of any size`, () =>
          compare(build(generator, mode)));
      }
    }

    it("predicts colours from lightness, as a network of L*a*b* does", () =>
      compare(build(unet({ filters: [4, 6] }), "deterministic", "lab")));

    it("reads the axes of tf.max, and strides that are one number", () =>
      compare(build(largest, "running")));

    it("stores weights in 16 bits when asked to", () =>
      compare(build(unet({ filters: [16, 16] }), "running"), SIZES.slice(0, 1), true));

    it("takes one size of a network that is another one for other sizes, and says so", () =>
      inTemporaryFolder(async (folder) => {
        const generator = build(ramp, "deterministic");
        const graph = await generatorGraph(generator);
        assertStringIncludes(graph.fixed!, "another size");
        await format.write(folder, { generator, graph, halves: false, ...ABOUT });
        const network = await format.open(folder, { generator, graph, halves: false, ...ABOUT });
        assert(typeof network !== "string", `${network}`);
        const own = levels([1, 32, 32]);
        const difference = await differenceOf(network, levelsFunction(generator), own);
        assert(difference < 0.1, `${difference}`);
      }));
  });
}

describe("what no format can hold", () => {
  before(async () => void await startEngine("cpu"));

  it("is the noise of the mode paper", () =>
    assertRejects(
      () => generatorGraph(build(identity(), "paper")),
      PairlabError,
      'Cannot export the mode "paper"',
    ));

  it("is an operation that nobody has written for it, which is named", () => {
    const odd = build(() => {
      class Odd extends tf.layers.Layer {
        static readonly className = "Odd";
        override call(x: tf.Tensor[]): tf.Tensor {
          return tf.sin(x[0]!);
        }
      }
      const input = tf.input({ shape: [32, 32, 3] });
      return tf.model({ inputs: input, outputs: new Odd({}).apply(input) as tf.SymbolicTensor });
    }, "running");
    return assertRejects(() => generatorGraph(odd), PairlabError, '"Sin"');
  });
});

describe("an ONNX file", () => {
  before(async () => void await startEngine("cpu"));

  it("says what it is, and names sizes that are free", () =>
    inTemporaryFolder(async (folder) => {
      const generator = build(unet({ filters: [4, 6] }), "running");
      const graph = await generatorGraph(generator);
      await onnxFormat.write(folder, { generator, graph, halves: false, ...ABOUT });
      const bytes = new TextDecoder("latin1").decode(
        await Deno.readFile(join(folder, "model.onnx")),
      );
      for (const text of ["pairlab", "a test", "note", "kept", "batch", "height", "width"]) {
        assertStringIncludes(bytes, text);
      }
      assertStringIncludes(bytes, "down1_convolution/kernel");
    }));

  it("that ONNX Runtime does not take is an error, not an export that was not compared", () =>
    inTemporaryFolder(async (folder) => {
      const generator = build(identity(), "running");
      const parts = { generator, graph: await generatorGraph(generator), halves: false, ...ABOUT };
      await onnxFormat.write(folder, parts);
      await Deno.truncate(join(folder, "model.onnx"), 100);
      const open = async () => await onnxFormat.open(folder, parts);
      await assertRejects(open, PairlabError, "ONNX Runtime does not take it");
    }));
});
