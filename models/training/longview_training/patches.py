"""What the decoder's training sees of frames: the frozen head's pooled features and embedding.

    python -m longview_training.patches [train] [test]

work/patches.pt: {"features" float16 [frames, size + 384], "concepts" [frames], "names" [concepts, 384] the names' text embeddings}, of
frames composed for it; work/patches-{test,plain}.pt: features [shots, size + 384] of what is measured on (two frames averaged).
"""

import json
import sys

import torch
from torch.nn import functional as F

from .features import Split
from .head import load
from .paths import DEVICE, WORK

#: Frames that the decoder is trained on, and in what share of them many cells are hidden: the head names what it was trained on more
#: surely than anything new; with cells hidden it is as unsure, so that the decoder learns to read what it will meet.
HIDDEN, MOST_HIDDEN = 0.75, 0.75
#: How many frames are composed, and how often each is looked at with other cells hidden (looking costs a tenth of composing).
FRAMES, VIEWS = (120_000, 2) if DEVICE == "cuda" else (40_000, 3)


def load_head():
    return load(WORK / "head.pt")


@torch.no_grad()
def look(head, cells, hidden=None):
    """Cells [n, 144, 776] -> [n, size + 384]: what the first branch pools, then the embedding (times 5)."""
    pooled, embedding = head.pooled(cells, hidden)
    return torch.cat((pooled.float(), embedding.float() * 5), -1)


def look_at_all(head, split):
    """Every shot of a split: [shots, size + 384]."""
    return torch.cat([look(head, head.cells(x)) for x in split.patches()])


def composed(head, scenes, lower, count, batch=256):
    """New frames of one thing each: features [count * VIEWS, size + 384] float16 and concepts [count * VIEWS]."""
    from .train_head import autocast, hidden_cells

    features, concepts = [], []
    with torch.no_grad():
        for _ in range(-(-count // batch)):
            frames, labels = scenes.batch(batch, pairs=0, blends=0)
            with autocast():
                cells = head.cells(lower(frames.float())[:, None])
                features += [look(head, cells, hidden_cells(batch, DEVICE, HIDDEN, MOST_HIDDEN)).half() for _ in range(VIEWS)]
            concepts += [labels[:, 0]] * VIEWS
    return torch.cat(features), torch.cat(concepts)


def write_train(head, scenes, lower):
    features, concepts = composed(head, scenes, lower, FRAMES)
    torch.save({"features": features.cpu(), "concepts": concepts.cpu(), "names": names()}, WORK / "patches.pt")


def names():
    from .text_tower import text_vectors

    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    return F.normalize(text_vectors([c["name"] for c in concepts], "teacher").mean(0), dim=-1)


if __name__ == "__main__":
    parts = sys.argv[1:] or ["train", "test"]
    torch.manual_seed(6)
    head = load_head().to(DEVICE)
    if "train" in parts:
        from . import footage
        from .trunk import halves

        write_train(head, footage.load()[0], halves()[0].to(DEVICE))
    if "test" in parts:
        for split in map(Split, ("test", "plain")):
            name = "plain" if split.shots[0]["kind"] == "plain" else "test"
            torch.save({"features": look_at_all(head.cpu(), split), "shots": split.shots, "names": names()}, WORK / f"patches-{name}.pt")
