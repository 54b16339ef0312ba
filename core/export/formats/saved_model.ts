/** `--format=saved-model`: TensorFlow's own format, for Python and TensorFlow Serving. */
import { join } from "@std/path";
import { savedModelRunner } from "../../backends/saved_models.ts";
import { type ExportFormat, networkOf } from "../format.ts";
import { toGraphDef } from "../tensorflow/graph_def.ts";
import { toSavedModel } from "../tensorflow/saved_model.ts";

/** A generator as a SavedModel. */
export const savedModelFormat: ExportFormat = {
  name: "saved-model",
  summary: "a SavedModel for Python's TensorFlow and TensorFlow Serving",
  write: (folder, { graph }) =>
    Deno.writeFile(join(folder, "saved_model.pb"), toSavedModel(toGraphDef(graph))),
  open: async (folder) => {
    const run = await savedModelRunner(folder);
    return run === null ? "only the engine tensorflow runs SavedModels" : networkOf(run);
  },
  storesHalves: false,
  comparedBy: "TensorFlow's library",
  examples: ({ width, height }) => ({
    "example.py": `import numpy, PIL.Image, tensorflow

generator = tensorflow.saved_model.load(".").signatures["serving_default"]
picture = numpy.asarray(PIL.Image.open("input.png").convert("RGB").resize((${width}, ${height})), numpy.float32)
levels = generator(input=tensorflow.constant(picture[None]))["output"].numpy()
PIL.Image.fromarray(numpy.rint(levels[0]).astype(numpy.uint8).squeeze()).save("output.png")
`,
  }),
  usage: "Signature `serving_default`, from `input` to `output`: float32 tensors " +
    "`[batch, height, width, channels]` of levels in 0…255. The weights are constants of the graph, " +
    "so it cannot be trained further. Neither browsers nor Deno run a SavedModel: use " +
    "`--format=tfjs` or `--format=onnx` there.",
};
