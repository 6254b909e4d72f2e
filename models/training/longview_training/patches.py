"""What the decoder's training sees of frames: the frozen head's pooled features and embeddings, of the whole frame and of each region.

    python -m longview_training.patches [train] [test]

work/patches.pt: {"features" float16 [frames, 1 + regions, size + 384], "concepts" [frames, 2] (-1: none), "places" [frames, 2] (scenes.placed), "names"
[concepts, 384] the names' text embeddings}, of frames composed for it; work/patches-{test,plain}.pt: features
[shots, 1 + regions, size + 384] of what is measured on (two frames averaged).
"""

import json
import sys

import torch
from torch.nn import functional as F

from .features import Split
from .head import load, views
from .paths import DEVICE, WORK

#: Frames that the decoder is trained on, and in what share of them many cells are hidden: the head names what it was trained on more
#: surely than anything new; with cells hidden it is as unsure, so that the decoder learns to read what it will meet.
HIDDEN, MOST_HIDDEN = 0.75, 0.75
#: How many frames are composed, and how often each is looked at with other cells hidden (looking costs a tenth of composing).
FRAMES, LOOKS = (150_000, 2) if DEVICE == "cuda" else (20_000, 2)
#: In what share of the scenes with drawings there are two of them.
PAIRS = 0.35
#: What share of the frames shows a background alone.
EMPTY = 0.06


def load_head():
    return load(WORK / "head.pt")


@torch.no_grad()
def look(head, cells, hidden=None):
    """Cells [n, 144, 776] -> [n, 1 + regions, size + 384]: what the first branch pools, then the embedding (times 5)."""
    pooled, embedded = head.pooled(cells, hidden, views().to(cells.device))
    return torch.cat((pooled.float(), embedded.float() * 5), -1)


def look_at_all(head, split):
    """Every shot of a split: [shots, 1 + regions, size + 384]."""
    return torch.cat([look(head, head.cells(x)) for x in split.patches()])


def embeddings(features):
    """Unit embeddings of whole frames [n, 384] among what look() saw."""
    return F.normalize(features[:, 0, -384:].float(), dim=-1)


def composed(head, scenes, lower, count=FRAMES, batch=256):
    """What work/patches.pt holds, without the names; the looks at a frame follow each other."""
    from .train_head import autocast, hidden_cells

    parts = {"features": [], "concepts": [], "places": []}
    with torch.no_grad():
        for _ in range(-(-count // batch)):
            frames, concepts, places = scenes.placed(batch, pairs=PAIRS)
            empty = torch.rand(batch, device=frames.device) < EMPTY
            frames[empty] = scenes.graded(scenes.scenery(int(empty.sum())))
            concepts[empty], places[empty] = -1, torch.nan
            with autocast():
                cells = head.cells(lower(frames.float())[:, None])
                looks = [look(head, cells, hidden_cells(batch, DEVICE, HIDDEN, MOST_HIDDEN)).half() for _ in range(LOOKS)]
            for key, value in (("features", torch.stack(looks, 1).flatten(0, 1)), ("concepts", concepts), ("places", places)):
                parts[key].append(value if key == "features" else value.repeat_interleave(LOOKS, 0))
    return {key: torch.cat(values) for key, values in parts.items()}


def write_train(head, scenes, lower):
    torch.save({"names": names(), **{k: v.cpu() for k, v in composed(head, scenes, lower).items()}}, WORK / "patches.pt")


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
