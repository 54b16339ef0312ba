"""Prints what TensorBoard itself finds in a folder of event files, as JSON.

python read_events.py FOLDER    (needs `pip install tensorboard`)
"""

import json
import sys

from tensorboard.backend.event_processing import event_accumulator
from tensorboard.plugins.hparams import plugin_data_pb2


def read(folder):
    everything = {"scalars": 0, "images": 0, "tensors": 0}
    accumulator = event_accumulator.EventAccumulator(folder, size_guidance=everything)
    accumulator.Reload()
    tags = accumulator.Tags()
    scalars = {
        tag: [[event.step, event.value] for event in accumulator.Scalars(tag)]
        for tag in tags["scalars"]
    }
    images = {
        tag: [[event.step, event.width, event.height, event.encoded_image_string[1:4].decode()]
              for event in accumulator.Images(tag)]
        for tag in tags["images"]
    }
    hparams = {}
    for tag, content in accumulator.PluginTagToContent("hparams").items():
        data = plugin_data_pb2.HParamsPluginData.FromString(content)
        if data.HasField("session_start_info"):
            for name, value in data.session_start_info.hparams.items():
                hparams[name] = getattr(value, value.WhichOneof("kind"))
        if data.HasField("session_end_info"):
            hparams["(status)"] = data.session_end_info.status
    texts = {
        tag: accumulator.Tensors(tag)[-1].tensor_proto.string_val[0].decode()
        for tag in accumulator.PluginTagToContent("text")
    }
    return {"scalars": scalars, "images": images, "hparams": hparams, "texts": texts}


if __name__ == "__main__":
    print(json.dumps(read(sys.argv[1]), sort_keys=True))
