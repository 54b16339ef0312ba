"""The step of ../bench/peers/pytorch_pix2pix.py on a GPU, in the ways in which PyTorch can run it.

Prints one JSON object a line: python pytorch_modes.py '{"size": 256, "steps": 60}'
"""

import json
import pathlib
import re
import sys
import time

import torch
import torch.nn as nn
import torch.nn.functional as F

PEER = pathlib.Path(__file__).parent.parent / "bench" / "peers" / "pytorch_pix2pix.py"
PEER = PEER if PEER.exists() else pathlib.Path(__file__).parent / PEER.name

# The networks alone: its program wants packages that are not everywhere.
source = PEER.read_text().split("\ndef named(")[0]
source = re.sub(r"\nfrom (safetensors\.torch|serve) import .*", "", source)
peer = {}
exec(compile(source, str(PEER), "exec"), peer)

config = {"size": 256, "steps": 60, **json.loads(sys.argv[1] if len(sys.argv) > 1 else "{}")}
device = "cuda" if torch.cuda.is_available() else "cpu"


def synchronise():
    if device == "cuda":
        torch.cuda.synchronize()


def build(channels_last, compiled, bf16):
    torch.manual_seed(23)
    layout = torch.channels_last if channels_last else torch.contiguous_format
    halvings = min(8, round(torch.log2(torch.tensor(config["size"])).item()))
    g = peer["Unet"](peer["FILTERS"][:halvings], 3).to(device, memory_format=layout)
    d = peer["PatchGan"](70, 64).to(device, memory_format=layout)
    for network in (g, d):
        peer["initialise"](network)
    adam = dict(lr=2e-4, betas=(0.5, 0.999), fused=True)
    adam_g, adam_d = torch.optim.Adam(g.parameters(), **adam), torch.optim.Adam(d.parameters(), **adam)
    run_g = torch.compile(g, mode=compiled) if compiled else g
    run_d = torch.compile(d, mode=compiled) if compiled else d
    criterion = nn.BCEWithLogitsLoss()
    shape = (1, 3, config["size"], config["size"])
    x, y = [(torch.rand(shape, device=device) * 2 - 1).contiguous(memory_format=layout) for _ in "xy"]

    def step():
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            fake = run_g(x)
            d.requires_grad_(True)
            adam_d.zero_grad(set_to_none=True)
            of_fake, of_real = run_d(x, fake.detach()), run_d(x, y)
            loss_d = (criterion(of_fake, torch.zeros_like(of_fake)) + criterion(of_real, torch.ones_like(of_real))) / 2
        loss_d.backward()
        adam_d.step()
        with torch.autocast(device, torch.bfloat16, enabled=bf16):
            d.requires_grad_(False)
            adam_g.zero_grad(set_to_none=True)
            of_fake = run_d(x, fake)
            loss_g = criterion(of_fake, torch.ones_like(of_fake)) + 100 * F.l1_loss(fake, y)
        loss_g.backward()
        adam_g.step()
        return loss_d, loss_g

    return step


def measure(name, tf32, *mode):
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = tf32
    torch.backends.cudnn.benchmark = True
    result = {"peer": "torch", "version": torch.__version__, "device": device, "mode": name, "tf32": tf32}
    if device == "cuda":
        result["card"] = torch.cuda.get_device_name()
    try:
        begun = time.perf_counter()
        step = build(*mode)
        for _ in range(3):
            [loss.item() for loss in step()]
        synchronise()
        result["warm_up_ms"] = (time.perf_counter() - begun) * 1e3
        for key, read in (("read_ms", True), ("unread_ms", False)):
            synchronise()
            begun = time.perf_counter()
            for _ in range(config["steps"]):
                losses = step()
                if read:
                    [loss.item() for loss in losses]
            synchronise()
            result[key] = (time.perf_counter() - begun) / config["steps"] * 1e3
    except Exception as error:
        result["failed"] = repr(error)[:300]
    print(json.dumps(result), flush=True)


measure("default", False, False, None, False)
measure("channels_last", False, True, None, False)
if device == "cuda":
    measure("channels_last", True, True, None, False)
    measure("channels_last bf16", True, True, None, True)
    measure("compile with CUDA graphs", True, True, "reduce-overhead", False)
    measure("compile with CUDA graphs, bf16", True, True, "reduce-overhead", True)
