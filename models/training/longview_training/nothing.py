"""Teaches the head's last layers that backgrounds are none of the things it has names for.

    python -m longview_training.nothing

In train_head every frame shows something with a name, so a plain landscape looks like some of them. Here the layers that make embeddings of
what the branches pool are trained on, minutes on two cores: backgrounds are pushed away from all names, other frames stay where they are.
Frames: work/nothing.pt (made once). Changes work/head.pt.
"""

import json

import torch
from torch.nn import functional as F

from .head import load, save
from .paths import DEVICE, WORK
from .text_tower import text_vectors

#: Backgrounds, frames of things, and how many are composed at once.
BACKGROUNDS, THINGS, BATCH = 1792, 1536, 128
STEPS, SIZE, RATE, NOISE = 600, 384, 3e-4, 0.3
#: How much it weighs that other frames stay, and the (soft) highest similarity that a background may have with a name.
KEEP, MOST, SHARPNESS = 10, 0.45, 20


@torch.no_grad()
def frames(head):
    """(what each branch pools [n, branches, size], which are backgrounds [n])."""
    from . import footage
    from .train_head import autocast
    from .trunk import halves

    scenes, lower = footage.load()[0], halves()[0].to(DEVICE)
    pooled, empty = [], []
    for start in range(0, BACKGROUNDS + THINGS, BATCH):
        is_empty = start < BACKGROUNDS
        shown = scenes.scenery(BATCH) if is_empty else scenes.batch(BATCH)[0]
        if is_empty and start // BATCH % 2:
            shown = scenes.graded(shown)
        for part in shown.split(32):
            with autocast():
                pooled.append(torch.stack(head.each(head.cells(lower(part.float())[:, None]))[0], 1).float().cpu())
        empty += [is_empty] * BATCH
    return torch.cat(pooled), torch.tensor(empty)


def embed(layers, pooled):
    """Each branch's unit embedding of what it pooled: [n, branches, size] -> [n, branches, 384]."""
    return torch.stack([F.normalize(layer(pooled[:, k]), dim=-1) for k, layer in enumerate(layers)], 1)


def train(seed=1):
    torch.manual_seed(seed)
    head, path = load(WORK / "head.pt"), WORK / "nothing.pt"
    if not path.exists():
        torch.save(frames(head.to(DEVICE)), path)
    head = head.cpu()
    pooled, empty = torch.load(path)
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    names = F.normalize(text_vectors(sorted({n for c in concepts for n in c["names"]}), "tower").mean(0), dim=-1)
    layers = [branch.project for branch in head.branches]
    with torch.no_grad():
        before, spread = embed(layers, pooled), pooled.std(0) * NOISE
    optimiser = torch.optim.Adam([p for layer in layers for p in layer.parameters()], lr=RATE)
    for step in range(STEPS):
        rows = torch.randint(len(pooled), (SIZE,))
        b = empty[rows]
        made = embed(layers, pooled[rows] + torch.randn(SIZE, *spread.shape) * spread)
        highest = torch.logsumexp(made[b] @ names.T * SHARPNESS, -1) / SHARPNESS
        moved = 1 - (made[~b] * before[rows][~b]).sum(-1)
        optimiser.param_groups[0]["lr"] = RATE * (1 - step / STEPS)
        optimiser.zero_grad()
        (5 * F.relu(highest - MOST).mean() + KEEP * moved.mean()).mul(len(layers)).backward()
        optimiser.step()
    with torch.no_grad():
        for name, made in (("before", before), ("after", embed(layers, pooled))):
            mean = F.normalize(made.sum(1), dim=-1)
            nearest = (mean @ names.T).amax(1)
            print(f"{name}: nearest name to a background {nearest[empty].mean():.3f}, to other frames {nearest[~empty].mean():.3f}")
    save(head, WORK / "head.pt")


if __name__ == "__main__":
    train()
