"""Averages two decoders, of which the second went on from the first: a part of the way to it reads held-out videos better than either.

    python -m longview_training.average FIRST.pt SECOND.pt SHARE      work/decoder.pt
"""

import sys

import torch

from .paths import WORK
from .train_decoder import Reader, adopt


def average(first, second, share):
    """The second checkpoint with weights that lie `share` (0 to 1) of the way from the first's to its own."""
    reader = Reader(8192, second["mean"].shape[0])
    adopt(reader, first, second["mean"], second["std"])
    begun = reader.state_dict()
    return {**second, "model": {name: torch.lerp(begun[name], weight, share) for name, weight in second["model"].items()}}


if __name__ == "__main__":
    first, second = (torch.load(path, map_location="cpu") for path in sys.argv[1:3])
    state = average(first, second, float(sys.argv[3]))
    state.pop("optimisers", None)
    torch.save(state, WORK / "decoder.pt")
