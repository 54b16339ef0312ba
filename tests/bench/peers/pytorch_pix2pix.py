"""One training step of pix2pix in PyTorch, as its well-known code does it: D first, then G.

The networks are the paper's (sections 6.1.1 and 6.1.2) and, weight for weight, those of
experiments/flowers_deblur.ts; they are put together as a user of PyTorch would.

Run by deno task bench peers: python pytorch_pix2pix.py '{"size": 256, "batch": 1, …}'
"""

import json
import sys

import torch
import torch.nn as nn
import torch.nn.functional as F
from safetensors.torch import load_file, save_file

from serve import serve

FILTERS = [64, 128, 256, 512, 512, 512, 512, 512]
HALVINGS = {16: 1, 34: 2, 70: 3, 142: 4, 286: 5}


class Unet(nn.Module):
    def __init__(self, filters, dropout):
        super().__init__()
        last = len(filters) - 1
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        channels = 3
        for index, width in enumerate(filters):
            normalised = 0 < index < last
            layers = [nn.LeakyReLU(0.2)] if index > 0 else []
            layers.append(nn.Conv2d(channels, width, 4, 2, 1, bias=not normalised))
            layers += [nn.BatchNorm2d(width)] if normalised else []
            self.down.append(nn.Sequential(*layers))
            channels = width
        for index, width in enumerate(reversed(filters[:-1])):
            layers = [nn.ReLU(), nn.ConvTranspose2d(channels, width, 4, 2, 1, bias=False)]
            layers.append(nn.BatchNorm2d(width))
            layers += [nn.Dropout(0.5)] if index < dropout else []
            self.up.append(nn.Sequential(*layers))
            channels = 2 * width
        self.output = nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(channels, 3, 4, 2, 1), nn.Tanh())

    def forward(self, x):
        skips = []
        for block in self.down:
            x = block(x)
            skips.append(x)
        skips.pop()
        for block in self.up:
            x = torch.cat([block(x), skips.pop()], 1)
        return self.output(x)


class PatchGan(nn.Module):
    def __init__(self, receptive_field, filters):
        super().__init__()
        halvings = HALVINGS[receptive_field]
        widths = [filters * min(2**index, 8) for index in range(halvings + 1)]
        layers, channels = [], 6
        for index, width in enumerate(widths):
            stride = 2 if index < halvings else 1
            layers.append(nn.Conv2d(channels, width, 4, stride, 1, bias=index == 0))
            layers += [nn.BatchNorm2d(width)] if index > 0 else []
            layers.append(nn.LeakyReLU(0.2))
            channels = width
        self.layers = nn.Sequential(*layers, nn.Conv2d(channels, 1, 4, 1, 1))

    def forward(self, x, picture):
        return self.layers(torch.cat([x, picture], 1))


def initialise(network):
    for name, value in network.named_parameters():
        if value.dim() == 4:
            nn.init.normal_(value, 0, 0.02)
        elif name.endswith("bias"):
            nn.init.zeros_(value)
        else:
            nn.init.normal_(value, 1, 0.02)


def named(generator, discriminator):
    """Every weight by the name that Pairlab gives it."""
    names = {}

    def add(layers, block, kind):
        for layer in layers:
            if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
                names[f"{block}_{kind}/kernel"] = layer.weight
                if layer.bias is not None:
                    names[f"{block}_{kind}/bias"] = layer.bias
            elif isinstance(layer, nn.BatchNorm2d):
                names[f"{block}_batch_norm/gamma"] = layer.weight
                names[f"{block}_batch_norm/beta"] = layer.bias
                names[f"{block}_batch_norm/moving_mean"] = layer.running_mean
                names[f"{block}_batch_norm/moving_variance"] = layer.running_var

    for index, block in enumerate(generator.down):
        add(block, f"generator/down{index + 1}", "convolution")
    for index, block in enumerate(generator.up):
        add(block, f"generator/up{index + 1}", "transposed_convolution")
    add(generator.output, "generator/output", "transposed_convolution")
    blocks = []
    for layer in discriminator.layers:
        if isinstance(layer, nn.Conv2d):
            blocks.append([])
        blocks[-1].append(layer)
    for index, block in enumerate(blocks[:-1]):
        add(block, f"discriminator/block{index + 1}", "convolution")
    add(blocks[-1], "discriminator/logits", "convolution")
    return names


def main(config):
    if config.get("threads"):
        torch.set_num_threads(config["threads"])
    torch.manual_seed(config.get("seed", 23))
    memory_format = torch.channels_last if config["channelsLast"] else torch.contiguous_format
    filters = [round(width * config.get("width", 1)) for width in FILTERS]
    generator = Unet(filters[: config["halvings"]], config["dropout"])
    discriminator = PatchGan(config["receptiveField"], filters[0])
    for network in (generator, discriminator):
        initialise(network)
        network.to(memory_format=memory_format)
    weights = named(generator, discriminator)
    adam = dict(lr=2e-4, betas=(0.5, 0.999), fused=config["fused"])
    adam_g = torch.optim.Adam(generator.parameters(), **adam)
    adam_d = torch.optim.Adam(discriminator.parameters(), **adam)
    criterion = nn.BCEWithLogitsLoss()
    run_g = torch.compile(generator) if config["compile"] else generator
    run_d = torch.compile(discriminator) if config["compile"] else discriminator

    def random_pictures():
        shape = (config["batch"], 3, config["size"], config["size"])
        return (torch.rand(shape) * 2 - 1).contiguous(memory_format=memory_format)

    batches = [(random_pictures(), random_pictures())]
    taken = 0

    def step():
        nonlocal taken
        x, y = batches[taken % len(batches)]
        taken += 1
        fake = run_g(x)

        discriminator.requires_grad_(True)
        adam_d.zero_grad()
        on_fake, on_real = run_d(x, fake.detach()), run_d(x, y)
        loss_fake = criterion(on_fake, torch.zeros_like(on_fake))
        loss_d = 0.5 * (loss_fake + criterion(on_real, torch.ones_like(on_real)))
        loss_d.backward()
        adam_d.step()

        discriminator.requires_grad_(False)
        adam_g.zero_grad()
        on_fake = run_d(x, fake)
        loss_gan = criterion(on_fake, torch.ones_like(on_fake))
        loss_l1 = 100 * F.l1_loss(fake, y)
        loss_g = loss_gan + loss_l1
        loss_g.backward()
        adam_g.step()
        return {
            "discriminator": loss_d.item(),
            "generator": loss_g.item(),
            "generator.gan": loss_gan.item(),
            "generator.l1": loss_l1.item(),
        }

    def save(path):
        # [out, in, …] becomes [height, width, in, out]; transposed ones are the other way about.
        tensors = {
            name: (value.permute(2, 3, 1, 0) if value.dim() == 4 else value).detach().contiguous()
            for name, value in weights.items()
        }
        save_file(tensors, path)

    def load(path):
        tensors = load_file(path)
        assert tensors.keys() == weights.keys(), tensors.keys() ^ weights.keys()
        with torch.no_grad():
            for name, value in weights.items():
                stored = tensors[name]
                value.copy_(stored.permute(3, 2, 0, 1) if value.dim() == 4 else stored)

    trained = {"generator": generator, "discriminator": discriminator, "adam_g": adam_g, "adam_d": adam_d}

    def keep(path):
        state = {name: one.state_dict() for name, one in trained.items()}
        torch.save({**state, "random": torch.get_rng_state(), "taken": taken}, path)

    def restore(path):
        nonlocal taken
        state = torch.load(path, weights_only=True)
        for name, one in trained.items():
            one.load_state_dict(state[name])
        torch.set_rng_state(state["random"])
        taken = state["taken"]

    def pictures(path):
        tensors = load_file(path)
        split = [
            tensors[name].permute(0, 3, 1, 2).contiguous(memory_format=memory_format).split(config["batch"])
            for name in ("input", "target")
        ]
        batches[:] = zip(*split)

    def predict(path, to):
        # As in training, by each picture's own statistics, but without dropout.
        generator.train()
        for layer in generator.modules():
            if isinstance(layer, nn.Dropout):
                layer.eval()
        with torch.no_grad():
            pictures = load_file(path)["input"].permute(0, 3, 1, 2).split(1)
            fakes = [generator(picture.contiguous(memory_format=memory_format)) for picture in pictures]
        save_file({"fake": torch.cat(fakes).permute(0, 2, 3, 1).contiguous()}, to)
        generator.train()

    serve(
        {
            "engine": "pytorch",
            "version": torch.__version__,
            "threads": torch.get_num_threads(),
            "compile": "torch.compile" if config["compile"] else "off",
        },
        step,
        {"save": save, "load": load, "pictures": pictures, "predict": predict, "keep": keep, "restore": restore},
    )


main(json.loads(sys.argv[1]))
