/** `--format=tfjs`: a graph model for TensorFlow.js in browsers and Node.js. */
import { join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import type { Tensor4D } from "@tensorflow/tfjs";
import { type ExportFormat, networkOf } from "../format.ts";
import { toGraphDef } from "../tensorflow/graph_def.ts";
import { toGraphModel } from "../tensorflow/graph_model.ts";

/** A generator as a graph model. */
export const tfjsFormat: ExportFormat = {
  name: "tfjs",
  summary: "model.json and weights for TensorFlow.js, no class of Pairlab needed",
  write: async (folder, { graph, ...options }) => {
    for (const [name, bytes] of toGraphModel(toGraphDef(graph), options)) {
      await Deno.writeFile(join(folder, name), bytes);
    }
  },
  open: async (folder) => {
    const model = await tf.loadGraphModel({ load: () => readArtifacts(folder) });
    return networkOf((levels) => model.predict(levels) as Tensor4D);
  },
  storesHalves: true,
  comparedBy: "TensorFlow.js",
  examples: ({ width, height }) => ({
    "example.html": `<canvas></canvas>
<script src="https://cdn.jsdelivr.net/npm/@tensorflow/tfjs@4.22.0"></script>
<script type="module">
const model = await tf.loadGraphModel("model.json");
const picture = await createImageBitmap(await (await fetch("input.png")).blob(), { resizeWidth: ${width}, resizeHeight: ${height} });
const levels = model.predict(tf.browser.fromPixels(picture).toFloat().expandDims());
await tf.browser.toPixels(levels.squeeze([0]).round().toInt(), document.querySelector("canvas"));
document.title = "done";
</script>
`,
    "example.ts": `import * as tf from "npm:@tensorflow/tfjs@4.22.0";
import sharp from "npm:sharp@0.35.5";

const { modelTopology, weightsManifest: [{ paths, weights }] } = JSON.parse(await Deno.readTextFile("model.json"));
const weightData = await new Blob(await Promise.all(paths.map((path) => Deno.readFile(path)))).arrayBuffer();
const model = await tf.loadGraphModel({ load: () => Promise.resolve({ modelTopology, weightSpecs: weights, weightData }) });
const { data, info: { width, height } } = await sharp("input.png").removeAlpha().resize(${width}, ${height}, { fit: "fill" }).raw().toBuffer({ resolveWithObject: true });
const levels = model.predict(tf.tensor4d(Float32Array.from(data), [1, height, width, 3])).squeeze([0]).round();
await sharp(Uint8Array.from(levels.dataSync()), { raw: { height: levels.shape[0], width: levels.shape[1], channels: levels.shape[2] } }).toFile("output.png");
`,
    "example.py": `# Python reads the same network from --format=saved-model or --format=onnx.
import json

model = json.load(open("model.json"))
print(model["signature"]["inputs"], model["userDefinedMetadata"])
`,
  }),
  usage:
    "`tf.loadGraphModel` of plain TensorFlow.js loads `model.json`. It takes and gives float32 " +
    "tensors `[batch, height, width, channels]` of levels in 0…255. Python does not run it: use `--format=onnx` or `--format=saved-model` there.",
};

async function readArtifacts(folder: string): Promise<tf.io.ModelArtifacts> {
  const model = JSON.parse(await Deno.readTextFile(join(folder, "model.json"))) as tf.io.ModelJSON;
  const { modelTopology, weightsManifest } = model;
  const parts = await Promise.all(
    weightsManifest.flatMap(({ paths }) => paths).map((path) => Deno.readFile(join(folder, path))),
  );
  const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
  return { modelTopology, weightSpecs, weightData: await new Blob(parts).arrayBuffer() };
}
