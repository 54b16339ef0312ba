/** `--format=onnx`: one file for every runtime that reads ONNX. */
import { join } from "@std/path";
import { createRequire } from "node:module";
import type { Tensor4D } from "@tensorflow/tfjs";
import { messageOf, PairlabError } from "../../base/errors.ts";
import type { ExportedNetwork, ExportFormat } from "../format.ts";
import { toOnnx } from "../onnx/onnx.ts";

/** The name of the file. */
const FILE = "model.onnx";

/** A generator as an ONNX file. */
export const onnxFormat: ExportFormat = {
  name: "onnx",
  summary: "one file for ONNX Runtime and whatever else reads ONNX",
  write: (folder, { graph, ...options }) =>
    Deno.writeFile(join(folder, FILE), toOnnx(graph, options)),
  open: async (folder) => {
    const runtime = loadRuntime();
    return typeof runtime === "string" ? runtime : await openOnnx(runtime, join(folder, FILE));
  },
  storesHalves: true,
  comparedBy: "ONNX Runtime",
  examples: ({ width, height }) => ({
    "example.py": `import numpy, onnxruntime, PIL.Image

session = onnxruntime.InferenceSession("model.onnx")
picture = numpy.asarray(PIL.Image.open("input.png").convert("RGB").resize((${width}, ${height})), numpy.float32)
[levels] = session.run(["output"], {"input": picture[None]})
PIL.Image.fromarray(numpy.rint(levels[0]).astype(numpy.uint8).squeeze()).save("output.png")
`,
    "example.ts": `import * as ort from "npm:onnxruntime-node@1.30.0";
import sharp from "npm:sharp@0.35.5";

const session = await ort.InferenceSession.create("model.onnx");
const { data, info } = await sharp("input.png").removeAlpha().resize(${width}, ${height}, { fit: "fill" }).raw().toBuffer({ resolveWithObject: true });
const input = new ort.Tensor("float32", Float32Array.from(data), [1, info.height, info.width, 3]);
const { output } = await session.run({ input });
const [, height, width, channels] = output.dims;
await sharp(Uint8ClampedArray.from(output.data), { raw: { width, height, channels } }).toFile("output.png");
`,
    "example.html": `<canvas></canvas>
<script src="https://cdn.jsdelivr.net/npm/onnxruntime-web@1.30.0/dist/ort.min.js"></script>
<script type="module">
const bitmap = await createImageBitmap(await (await fetch("input.png")).blob(), { resizeWidth: ${width}, resizeHeight: ${height} });
const canvas = Object.assign(document.querySelector("canvas"), { width: bitmap.width, height: bitmap.height });
const context = canvas.getContext("2d");
context.drawImage(bitmap, 0, 0);
const pixels = context.getImageData(0, 0, canvas.width, canvas.height);
const session = await ort.InferenceSession.create("model.onnx");
const input = new ort.Tensor("float32", Float32Array.from(pixels.data.filter((_, i) => i % 4 < 3)), [1, canvas.height, canvas.width, 3]);
const { output } = await session.run({ input });
output.data.forEach((level, i) => pixels.data[Math.floor(i / 3) * 4 + i % 3] = level);
context.putImageData(pixels, 0, 0);
document.title = "done";
</script>
`,
  }),
  usage:
    "`input` and `output` are float32 tensors `[batch, height, width, channels]` of levels in " +
    "0…255: no normalisation is needed, round the output to whole levels.",
};

/** What is used of ONNX Runtime. */
interface Runtime {
  readonly InferenceSession: { create(path: string): Promise<Session> };
  readonly Tensor: new (type: "float32", data: Float32Array, shape: readonly number[]) => unknown;
}

interface Session {
  run(inputs: { input: unknown }): Promise<{ output: { data: Float32Array } }>;
}

/** A folder of its own: its 290 MB are fetched by `deno task export`, not before training. */
const requireRuntime = createRequire(new URL("../onnx_runtime/", import.meta.url));

/** ONNX Runtime, or a sentence that says why it cannot be used here. */
function loadRuntime(): Runtime | string {
  try {
    return requireRuntime("onnxruntime-node");
  } catch (error) {
    const [why] = messageOf(error).split("\n");
    return `ONNX Runtime cannot be loaded here (${why}); "deno task onnx-runtime" fetches it`;
  }
}

async function openOnnx(runtime: Runtime, path: string): Promise<ExportedNetwork> {
  const session = await runtime.InferenceSession.create(path).catch((error) => {
    throw new PairlabError(
      `Cannot keep this export: ONNX Runtime does not take it (${
        messageOf(error)
      }). Please report it with the experiment.`,
    );
  });
  return async (levels: Tensor4D) => {
    const input = new runtime.Tensor("float32", await levels.data() as Float32Array, levels.shape);
    return (await session.run({ input })).output.data;
  };
}
