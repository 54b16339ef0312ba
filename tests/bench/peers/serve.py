"""What both peers share: they take steps when they are told to, as tests/bench/messages.ts says."""

import json
import math
import sys
import time


def peak_bytes():
    """The most memory that this process has had at once; 0 where the system does not tell."""
    try:
        import resource
    except ImportError:
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit


def answer(message):
    print(json.dumps(message), flush=True)


def serve(ready, step, transfers):
    """Answers orders until there are no more.

    ready: what tests/bench/messages.ts calls Ready.
    step: takes one step and returns its losses by name, as numbers.
    transfers: functions of a path, by the name of the order: save, load, pictures, keep, restore; predict of two.
    """
    answer(ready)
    for line in sys.stdin:
        order = json.loads(line)
        if order["do"] in transfers:
            transfers[order["do"]](*(order[key] for key in ("path", "to") if key in order))
            answer({"done": True})
            continue
        for _ in range(order["count"]):
            start = time.perf_counter()
            losses = step()
            milliseconds = (time.perf_counter() - start) * 1000
            # JSON has no word for a number that is none.
            losses = {name: loss if math.isfinite(loss) else None for name, loss in losses.items()}
            answer({"milliseconds": milliseconds, "losses": losses, "peakBytes": peak_bytes()})
