"""Trains the head: the trunk's upper half and the branches on it -> embeddings beside the words that name what is shown.

    python -m longview_training.train_head MINUTES [seed = 0]

Contrastive against frozen text embeddings of the concepts' names in many phrasings, in both directions, on frames composed beside it
(scenes.py, reservoir.py). Made for a GPU. Checkpoint: work/head.pt (resumes from it; branches that it lacks begin anew). The texts'
vectors are the teacher's and the trained tower's, in turn.
"""

import json
import math
import sys
import time

import torch
from torch.nn import functional as F

from . import footage
from .head import COLUMNS, ROWS, Branch, Head, load, save
from .names import name_table, specific
from .paths import DEVICE, WORK
from .reservoir import Reservoir
from .text_tower import text_vectors
from .trunk import halves


#: Similarities are never multiplied by more than this: the head would go on only by being surer of what it has seen.
MOST_SCALE = 32
BRANCHES, BATCH, RATE, TRUNK_RATE = 4, 256, 2e-3, 4e-4
#: How many frames are kept to draw from, and how many there are before the first step.
KEPT, FIRST = (102_400, 8_192) if DEVICE == "cuda" else (4_096, 2_048)
#: In how many of the patches some cells are hidden, and what share of them at most.
HIDDEN, MOST_HIDDEN = 0.5, 0.6


def loss_of(image, labels, texts, holds, weight, scale):
    """Image to name over all names (other right names left out), and name to image within the batch.

    image [b, 384]; labels [b, 2] concepts, -1 for none; texts [names, 384].
    """
    b, d = len(labels), image.device
    right = holds[labels[:, 0]] | (holds[labels[:, 1].clamp(min=0)] & (labels[:, 1:] >= 0))
    second = (labels[:, 1] >= 0) & (torch.rand(b, device=d) < 0.5)
    main = torch.where(second, labels[:, 1], labels[:, 0])
    target = torch.multinomial(weight[main], 1)[:, 0]
    logits = image @ texts.T * scale
    others = right.clone()
    others[torch.arange(b, device=d), target] = False
    by_name = F.cross_entropy(logits.masked_fill(others, -1e4), target)
    across = logits[:, target].T  # [names of the batch, images]
    also = right[:, target].T.clone()
    also.fill_diagonal_(False)
    return by_name + 0.5 * F.cross_entropy(across.masked_fill(also, -1e4), torch.arange(b, device=d))


def hidden_cells(n, device, share=HIDDEN, most=MOST_HIDDEN):
    """Which cells are left out, bool [n, 144]: none, some singly, or most of a rectangle."""
    rand = lambda *shape: torch.rand(*shape, device=device)
    singly = rand(n, ROWS, COLUMNS) < rand(n, 1, 1) * most
    height, width = rand(n, 1) * most + 0.2, rand(n, 1) * most + 0.2
    top, left = rand(n, 1) * (1 - height), rand(n, 1) * (1 - width)
    down, across = torch.arange(ROWS, device=device) / ROWS, torch.arange(COLUMNS, device=device) / COLUMNS
    inside = ((down >= top) & (down < top + height))[:, :, None] & ((across >= left) & (across < left + width))[:, None]
    hidden = torch.where(rand(n, 1, 1) < 0.5, singly, inside & (rand(n, ROWS, COLUMNS) < 0.8))
    return (hidden & (rand(n, 1, 1) < share)).flatten(1)


class Average:
    """An average of the weights over about the last tenth of the steps, which is what is kept."""

    def __init__(self, model):
        self.state = {k: v.clone() for k, v in model.state_dict().items()}
        self.added = 0

    def add(self, model):
        self.added += 1
        mine, theirs = list(self.state.values()), list(model.state_dict().values())
        torch._foreach_lerp_(mine, theirs, min(1, 10 / (self.added + 9)))


def autocast():
    return torch.autocast(DEVICE, torch.bfloat16)


@torch.no_grad()
def quick_check(lower, head, scenes, texts, holds, count=1024):
    """Share of names right among all names, for held-out photographs and for drawings in the held-out style."""
    head.eval()
    out = {}
    for kind, photos in (("photo", 1.0), ("style", 0.0)):
        image, labels = [], []
        for _ in range(count // 256):
            frames, concepts = scenes.batch(256, photos, 0, 0)
            with autocast():
                image.append(head(lower(frames.float())[:, None]))
            labels.append(concepts[:, 0])
        right = (torch.cat(image) @ texts.T).argmax(1)
        out[kind] = round(holds[torch.cat(labels), right].float().mean().item(), 3)
    head.train()
    return out


def optimisers(head, scale, rate=RATE, trunk_rate=TRUNK_RATE):
    """Muon for the branches' matrices, AdamW for vectors, places, queries and the logits' scale, and, slower, for the trunk."""
    named = list(head.branches.named_parameters())
    matrices = [p for n, p in named if p.dim() == 2 and n.endswith(".weight")]
    rest = [p for n, p in named if not (p.dim() == 2 and n.endswith(".weight"))]
    groups = [
        {"params": rest, "lr": rate}, {"params": [scale], "lr": rate, "weight_decay": 0.0},
        {"params": list(head.trunk.parameters()), "lr": trunk_rate, "weight_decay": 0.02},
    ]
    both = [torch.optim.Muon(matrices, lr=rate * 8, momentum=0.95, weight_decay=0.05), torch.optim.AdamW(groups, betas=(0.9, 0.98), weight_decay=0.05)]
    return both, [[g["lr"] for g in o.param_groups] for o in both]


def standardise(head, branches, reservoir):
    """What branches take as the mean and the spread of each channel."""
    with torch.no_grad():
        cells = torch.cat([head.cells(reservoir.draw(64)[0][:, None]) for _ in range(6)])
    for branch in branches:
        branch.mean.copy_(cells.mean((0, 1))), branch.scale.copy_(1 / (cells.std((0, 1)) + 1e-2))


def begin(path, upper, reservoir):
    """The head to go on with: the last checkpoint's, with what branches it lacks."""
    head = load(path) if path.exists() else Head([], upper)
    new = [Branch() for _ in range(BRANCHES - len(head.branches))]
    head.branches.extend(new)
    head = head.to(DEVICE)
    standardise(head, new, reservoir)
    return head.train()


def composer(scenes, lower):
    """How many -> (what the lower half sees of as many new frames, their labels)."""

    def compose(count):
        frames, labels = scenes.batch(count)
        with autocast():
            return lower(frames.float()), labels

    return compose


def train(minutes, seed=0, batch=BATCH):
    """@returns (scenes, lower half, head), for those who go on with them."""
    torch.manual_seed(seed)
    scenes, test = footage.load()
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    names, holds = name_table(concepts)
    weight, texts = specific(holds, concepts, names).to(DEVICE), text_vectors(names, "both").to(DEVICE)
    holds, plain_texts = holds.to(DEVICE), F.normalize(texts.mean(0), dim=-1)
    (lower, upper), path = halves(), WORK / "head.pt"
    lower = lower.to(DEVICE)
    reservoir = Reservoir(composer(scenes, lower), KEPT, DEVICE)
    reservoir.start(FIRST)
    head = begin(path, upper, reservoir)
    scale = torch.nn.Parameter(torch.tensor(3.0, device=DEVICE))
    both, rates = optimisers(head, scale)
    average, shown = Average(head), Head([Branch() for _ in head.branches]).to(DEVICE)
    begun, step, said, running = time.time(), 0, time.time(), torch.zeros((), device=DEVICE)
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step + 1) / 150) * max(0.01, 0.5 + 0.5 * math.cos(math.pi * elapsed / minutes))
        for o, firsts in zip(both, rates):
            for group, first in zip(o.param_groups, firsts):
                group["lr"] = first * factor
        middle, labels = reservoir.draw(batch)
        with autocast():
            cells = head.cells(middle[:, None])
            _, each = head.each(cells, hidden_cells(batch, DEVICE))
        loss = 0
        for image in each:
            phrased = texts[torch.randint(len(texts), (len(names),), device=DEVICE), torch.arange(len(names), device=DEVICE)]
            loss = loss + loss_of(image, labels, phrased, holds, weight, scale.exp().clamp(max=MOST_SCALE)) / len(each)
        for o in both:
            o.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        for o in both:
            o.step()
        step += 1
        running = running * 0.98 + loss.detach() * 0.02
        if step % 10 == 0:
            average.add(head)
        if time.time() - said > 30:
            shown.load_state_dict(average.state)
            check, said = quick_check(lower, shown, test, plain_texts, holds), time.time()
            print(f"step {step} {elapsed:.1f} min {(time.time() - begun) / step:.4f} s a step, {reservoir.count} frames, loss {running.item():.3f}, scale {scale.exp().item():.1f} {check}", flush=True)
    reservoir.stop()
    shown.load_state_dict(average.state)
    print(f"step {step}, {reservoir.count} frames, loss {running.item():.3f}", quick_check(lower, shown, test, plain_texts, holds, 4096), flush=True)
    save(shown, path)
    return scenes, lower, shown.eval()


if __name__ == "__main__":
    train(float(sys.argv[1]), *map(int, sys.argv[2:]))
