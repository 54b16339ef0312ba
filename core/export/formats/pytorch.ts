/** `--format=pytorch`: safetensors under the names of pytorch-CycleGAN-and-pix2pix. */
import { join } from "@std/path";
import type { Variable } from "@tensorflow/tfjs";
import { writeSafetensors } from "../../runs/safetensors.ts";
import type { ExportFormat } from "../format.ts";
import { type NamedArray, toNetG } from "../pytorch.ts";

const FILE = "latest_net_G.safetensors";

/** A loader of thirty lines that needs torch and safetensors alone. */
const LOADER =
  `"""The U-Net of pytorch-CycleGAN-and-pix2pix, with the two biases that Pairlab's has."""
import torch
from safetensors.torch import load_file
from torch import nn


class Block(nn.Module):
    def __init__(self, model, outermost):
        super().__init__()
        self.model, self.outermost = model, outermost

    def forward(self, x):
        y = self.model(x)
        return y if self.outermost else torch.cat([nn.functional.leaky_relu(x, 0.2), y], 1)


def load(path, mode="deterministic"):
    weights = {"model." + name: array for name, array in load_file(path).items()}
    down = lambda name: nn.Conv2d(weights[name].shape[1], weights[name].shape[0], 4, 2, 1)
    up = lambda name, bias: nn.ConvTranspose2d(weights[name].shape[0], weights[name].shape[1], 4, 2, 1, bias=bias)

    def block(prefix, outermost=False):
        at = lambda index: f"{prefix}.model.{index}"
        if outermost:
            return Block(nn.Sequential(down(at(0) + ".weight"), block(at(1)), nn.ReLU(), up(at(3) + ".weight", True), nn.Tanh()), True)
        innermost = at(5) + ".weight" not in weights
        encode = down(at(1) + ".weight")
        encode.bias = encode.bias if innermost else None
        decode = up(at(3 if innermost else 5) + ".weight", False)
        norms = [nn.BatchNorm2d(encode.out_channels), nn.BatchNorm2d(decode.out_channels)]
        inner = [] if innermost else [norms[0], block(at(3))]
        return Block(nn.Sequential(nn.LeakyReLU(0.2), encode, *inner, nn.ReLU(), decode, norms[1]), False)

    net = nn.Module()
    net.add_module("model", block("model.model", True))
    net.forward = net.model.forward
    net.load_state_dict({name[6:]: array for name, array in weights.items()}, strict=False)
    for norm in net.modules():
        if isinstance(norm, nn.BatchNorm2d):
            norm.momentum = 0.0
    return net.train(mode == "deterministic")
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
  open: () => Promise.resolve("PyTorch is not at hand here; example.py compares nothing"),
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
    "`unet.load(file, mode)` takes `deterministic` (the default) or `running`.",
};
