"""Sends a run of Pairlab to Weights & Biases or trackio.

    python send_run.py wandb runs/NAME
    python send_run.py trackio runs/NAME
"""

import importlib
import json
import pathlib
import sys

tracker = importlib.import_module(sys.argv[1])
folder = pathlib.Path(sys.argv[2])


def read(name):
    path = folder / name
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


record = read("run.json")
# A resume may have changed some parameters; the last one counts.
changed = (record.get("resumed") or [{"parameters": {}}])[-1]["parameters"]
ended = read("end.json").get("end", "not ended")
config = {**record["parameters"], **changed, "ended": ended}
tracker.init(project=record["experiment"]["name"], name=folder.resolve().name, config=config)

with (folder / "metrics.jsonl").open(encoding="utf-8") as log:
    for text in log:
        if not text.endswith("\n"):
            break  # The training is writing this line.
        line = json.loads(text)
        values = {"step": "losses", "metrics": "values"}.get(line["kind"])
        if values is None:
            continue
        # Not finite numbers stand there as null.
        numbers = {name: value for name, value in line[values].items() if value is not None}
        tracker.log(numbers, step=line["step"])

tracker.finish()
