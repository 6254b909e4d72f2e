"""Joins trained branches into the head.

    python -m longview_training.branches NAME [NAME ...]     work/NAME.pt (train_head's checkpoints) -> work/head.pt
"""

import sys

import torch

from .head import Branch, Head, save
from .paths import WORK


def branch(name):
    """A checkpoint of train_head as a branch of the size it has."""
    model = torch.load(WORK / f"{name}.pt")["model"]
    layers = 1 + max(int(key.split(".")[1]) for key in model if key.startswith("blocks."))
    made = Branch(len(model["norm.weight"]), len(model["query"]), layers, len(model["blocks.0.up.bias"]))
    made.load_state_dict(model)
    return made


if __name__ == "__main__":
    save(Head([branch(name) for name in sys.argv[1:]]), WORK / "head.pt")
