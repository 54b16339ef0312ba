/** `--format=pytorch`: safetensors under the names of pytorch-CycleGAN-and-pix2pix. */
import { join } from "@std/path";
import * as tf from "@tensorflow/tfjs";
import type { LayersModel, Variable } from "@tensorflow/tfjs";
import { writeSafetensors } from "../../runs/safetensors.ts";
import { assignWeights } from "../../runs/weights.ts";
import { type ExportFormat, networkOf } from "../format.ts";
import { levelsFunction } from "../generator.ts";
import { readUnet, storedTensors } from "../import.ts";
import type { NamedArray } from "../foreign_unet.ts";
import { toNetG } from "../pytorch.ts";

const FILE = "latest_net_G.safetensors";

/** A loader of thirty lines that needs torch and safetensors alone. */
const LOADER =
  `"""The U-Net of pytorch-CycleGAN-and-pix2pix, with the two biases that Pairlab's has besides."""
import torch
from safetensors.torch import load_file
from torch import nn


class Level(nn.Module):
    def __init__(self, weights, at="model"):
        super().__init__()
        self.outermost = at == "model"
        array = lambda i, name="weight": weights.get(f"{at}.{i}.{name}")
        down = lambda i: nn.Conv2d(*array(i).shape[1::-1], 4, 2, 1, bias=array(i, "bias") is not None)
        up = lambda i: nn.ConvTranspose2d(*array(i).shape[:2], 4, 2, 1, bias=array(i, "bias") is not None)
        norm = lambda i: nn.BatchNorm2d(len(array(i)), momentum=0)
        below = lambda i: Level(weights, f"{at}.{i}.model")
        if self.outermost:
            layers = [down(0), below(1), nn.ReLU(), up(3), nn.Tanh()]
        elif array(5) is None:
            layers = [nn.LeakyReLU(0.2), down(1), nn.ReLU(), up(3), norm(4)]
        else:
            layers = [nn.LeakyReLU(0.2), down(1), norm(2), below(3), nn.ReLU(), up(5), norm(6)]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        y = self.model(x)
        return y if self.outermost else torch.cat([nn.functional.leaky_relu(x, 0.2), y], 1)


def load(path, mode="deterministic"):
    weights = {name.removeprefix("model."): array for name, array in load_file(path).items()}
    generator = Level(weights)
    generator.load_state_dict(weights)
    return generator.train(mode == "deterministic")
`;

/** A U-Net for PyTorch. */
export const pytorchFormat: ExportFormat = {
  name: "pytorch",
  summary: "safetensors under the names of pytorch-CycleGAN-and-pix2pix' netG (unet() only)",
  write: async (folder, { generator: { model }, metadata }) => {
    const weights = new Map<string, NamedArray>();
    for (const weight of model.weights) {
      const variable = weight.read() as Variable;
      const values = await variable.data<"float32">();
      weights.set(weight.originalName, { shape: variable.shape, values });
    }
    const renamed = toNetG(weights);
    const sources = [...renamed].map(([name, { shape, values }]) => ({
      name,
      shape,
      dtype: "float32" as const,
      read: () => Promise.resolve(values),
    }));
    await writeSafetensors(join(folder, FILE), sources, metadata);
  },
  open: async (folder, { generator }) => {
    const path = join(folder, FILE);
    const copy = await copyOf(generator.model);
    assignWeights(path, copy, storedTensors((await readUnet(path)).weights));
    return networkOf(levelsFunction({ ...generator, model: copy }));
  },
  storesHalves: false,
  comparedBy: "Pairlab, which reads the file back",
  examples: ({ width, height }) => ({
    "unet.py": LOADER,
    "example.py": `import numpy, PIL.Image, torch, unet

generator = unet.load("${FILE}")
picture = numpy.asarray(PIL.Image.open("input.png").convert("RGB").resize((${width}, ${height})), numpy.float32)
x = torch.from_numpy(picture / 127.5 - 1).permute(2, 0, 1)[None]
with torch.no_grad():
    levels = (generator(x)[0].permute(1, 2, 0).numpy() + 1) * 127.5
PIL.Image.fromarray(numpy.rint(levels.clip(0, 255)).astype(numpy.uint8).squeeze()).save("output.png")
`,
  }),
  usage:
    "The names are those of `netG` (`unet_256` and the like). Unlike there, the first and the " +
    "innermost convolution have a bias, so `unet.py` builds the network with them; " +
    "`unet.load(file, mode)` takes `deterministic` (the default) or `running`. PyTorch runs in neither browsers nor Deno: use " +
    "`--format=onnx` or `--format=tfjs` there.",
};

/** The same network with weights of its own. */
async function copyOf(model: LayersModel): Promise<LayersModel> {
  const topology = JSON.parse(model.toJSON(null, true) as string);
  return await tf.models.modelFromJSON(topology);
}
