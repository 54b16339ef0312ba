"""A U-Net of PyTorch behind FastAPI and uvicorn, beside which `bench serve` measures Pairlab's server.

Called with the folder of an export to PyTorch; prints the port that it listens to. A picture in, a PNG out: the
body is decoded and the answer encoded in FastAPI's threads, and one picture at a time is predicted with all cores.
"""

import io
import socket
import sys
import threading

import numpy
import PIL.Image
import torch
import uvicorn
from fastapi import Body, FastAPI, Response

folder = sys.argv[1]
sys.path.insert(0, folder)
import unet  # noqa: E402

generator = unet.load(f"{folder}/latest_net_G.safetensors", "running").to(memory_format=torch.channels_last)
turn = threading.Lock()
app = FastAPI()


@app.get("/health")
def health():
    return {"status": "ok"}


@app.post("/predict")
def predict(body: bytes = Body(media_type="image/jpeg")):
    picture = numpy.asarray(PIL.Image.open(io.BytesIO(body)).convert("RGB"), numpy.float32)
    x = torch.from_numpy(picture / 127.5 - 1).permute(2, 0, 1)[None]
    with turn, torch.inference_mode():
        y = generator(x)[0]
    levels = torch.round((y + 1) * 127.5).clamp(0, 255).to(torch.uint8).permute(1, 2, 0).numpy()
    answer = io.BytesIO()
    PIL.Image.fromarray(numpy.ascontiguousarray(levels)).save(answer, "png")
    return Response(answer.getvalue(), media_type="image/png")


listening = socket.socket()
listening.bind(("127.0.0.1", 0))
print(listening.getsockname()[1], flush=True)
uvicorn.Server(uvicorn.Config(app, log_level="warning")).run(sockets=[listening])
