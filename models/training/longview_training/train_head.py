"""Trains a branch of the head: the trunk's features -> embeddings beside the words that name them.

    python -m longview_training.train_head MINUTES [teacher|tower|both] [checkpoint name = branch-0] [seed = 0]

Contrastive against frozen text embeddings of the concepts' names in many phrasings, in both directions.
Checkpoint: work/<name>.pt (resumes). Several branches with seeds of their own are joined by branches.py. The texts' vectors are the teacher's, the trained tower's, or both in turn.
"""

import hashlib
import json
import math
import sys
import threading
import time
from queue import Queue

import numpy as np
import torch
from torch.nn import functional as F

from . import merges
from .features import BATCH
from .head import CELL_COLUMNS, CELL_ROWS, CELLS, CHANNELS, Branch
from .paths import THREADS, WORK
from .questions import article
from .words import COCO

PHRASINGS = ["a photo of {a}", "{k}", "{a}", "a picture of {a}", "an image of {a}", "a drawing of {a}", "a video of {a}", "a scene with {a}"]


#: Similarities are never multiplied by more than this: the head would go on only by being surer of what it has seen.
MOST_SCALE = 32


class Split:
    """Composed frames as the trunk saw them: `rows` [n] of the store that are done, their `shots`, and their values on demand."""

    def __init__(self, split):
        meta = json.loads((WORK / f"{split}.json").read_text())
        self.per_shot, size = meta["perShot"], BATCH // meta["perShot"]
        shots = []
        for path in WORK.glob(f"{split}.*-of-*.done"):
            part, parts = map(int, path.name.split(".")[1].split("-of-"))
            groups = range(0, len(meta["shots"]), size)[part::parts][: int(path.read_text())]
            shots += [i for g in groups for i in range(g, min(g + size, len(meta["shots"])))]
        self.shots, shots = [meta["shots"][i] for i in sorted(shots)], sorted(shots)
        self.store = np.memmap(WORK / f"{split}.u8", np.uint8, "r", shape=(meta["frames"], CELLS, CHANNELS))
        self.rows = np.array(shots)[:, None] * self.per_shot + np.arange(self.per_shot)
        self.low, high = torch.from_numpy(np.load(WORK / "range.npy")).repeat(1, 2)
        self.step = (high - self.low) / 255

    def codes(self, which):
        """Frame number k (of all frames, in order) -> uint8 [len(which), 32, 1200]."""
        return torch.from_numpy(self.store[self.rows.reshape(-1)[np.asarray(which)]])

    def frames(self, which):
        """The same as values, float32."""
        return self.codes(which).float() * self.step + self.low

    def patches(self, batch=256):
        """Every shot in turn, the mean of its frames: float32 [up to batch, 32, 1200]."""
        for start in range(0, len(self.shots), batch):
            shots = np.arange(start, min(start + batch, len(self.shots)))
            frames = self.frames((shots[:, None] * self.per_shot + np.arange(self.per_shot)).reshape(-1))
            yield frames.view(len(shots), self.per_shot, CELLS, CHANNELS).mean(1)


def name_table(concepts):
    """All names with the concepts they hold for: (names, bool [concepts, names]); kinds ("animal") hold for many."""
    names = list(dict.fromkeys([n for c in concepts for n in c["names"]] + COCO + list(merges.KINDS)))
    index = {n: i for i, n in enumerate(names)}
    holds = torch.zeros(len(concepts), len(names), dtype=torch.bool)
    for i, c in enumerate(concepts):
        holds[i, [index[n] for n in c["names"]]] = True
        for kind, table in merges.KINDS.items():
            if c["group"] in table["groups"]:
                holds[i, index[kind]] = True
        # A name that ends in another concept's name is one of those ("alarm clock" is a clock): never a wrong answer.
        for n in names:
            if c["name"].endswith(" " + n):
                holds[i, index[n]] = True
    return names, holds


def text_vectors(names, source):
    """Unit embeddings of every name in every phrasing [phrasings, names, 384]."""
    texts = [p.format(k=n, a=article(n)) for p in PHRASINGS for n in names]
    if source == "teacher":
        cache = WORK / f"names-{hashlib.sha256(repr(texts).encode()).hexdigest()[:12]}.npy"
        if not cache.exists():
            from .text_tower import teacher

            np.save(cache, teacher(texts))
        vectors = torch.from_numpy(np.load(cache)).float()
    elif source == "both":
        return torch.cat((text_vectors(names, "teacher"), text_vectors(names, "tower")))
    else:
        from .text_tower import TextTower, embed
        from .tokenizer import load

        tokenizer = load()
        tower = TextTower(tokenizer.get_vocab_size())
        tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
        vectors = embed(tower, tokenizer, texts)
    return F.normalize(vectors.view(len(PHRASINGS), len(names), -1), dim=-1)


def specific(holds, concepts, names):
    """Chance with which a name is drawn as the right one: the concept's own names most, kinds seldom."""
    index = {n: i for i, n in enumerate(names)}
    weight = holds.float() * 0.06
    for i, c in enumerate(concepts):
        weight[i, [index[n] for n in c["names"]]] = 0.5
        weight[i, index[c["name"]]] = 2.0
    return weight


def loss_of(image, labels, texts, holds, weight, scale):
    """Image to name over all names (other right names left out), and name to image within the batch.

    image [b, 384]; labels [b, 2] concepts, -1 for none; texts [names, 384].
    """
    right = holds[labels[:, 0]] | (holds[labels[:, 1].clamp(min=0)] & (labels[:, 1:] >= 0))
    second = (labels[:, 1] >= 0) & (torch.rand(len(labels)) < 0.5)
    main = torch.where(second, labels[:, 1], labels[:, 0])
    target = torch.multinomial(weight[main], 1)[:, 0]
    logits = image @ texts.T * scale
    others = right.clone()
    others[torch.arange(len(labels)), target] = False
    by_name = F.cross_entropy(logits.masked_fill(others, -1e4), target)
    across = logits[:, target].T  # [names of the batch, images]
    also = right[:, target].T.clone()
    also.fill_diagonal_(False)
    return by_name + 0.5 * F.cross_entropy(across.masked_fill(also, -1e4), torch.arange(len(labels)))


def pairs_of(shots):
    """For each training frame another frame of the same photograph (or itself), to average two frames as a patch does."""
    by_source = {}
    for i, s in enumerate(shots):
        by_source.setdefault(s.get("file") or tuple(s["keys"]), []).append(i)
    partner = torch.arange(len(shots))
    for rows in by_source.values():
        for a, b in zip(rows, rows[1:] + rows[:1]):
            partner[a] = b
    return partner


class Examples:
    """Training patches as the head sees them, varied on the grid of cells."""

    def __init__(self, head):
        self.reopen()
        sample = self.split.frames(np.arange(0, len(self.labels), max(1, len(self.labels) // 1000)))
        self.mean, self.scale = sample.mean((0, 1)), 1 / (sample.std((0, 1)) + 1e-3)
        self.middle = ((self.mean - self.split.low) / self.split.step).round().clamp(0, 255).byte()
        head.mean.copy_(self.mean), head.scale.copy_(self.scale)

    def reopen(self):
        """Takes in what has been composed since."""
        self.split = Split("train")
        shots = self.split.shots
        self.labels = torch.tensor([(s["concepts"] + [-1])[:2] for s in shots])
        self.partner, photo = pairs_of(shots), torch.tensor(["file" in s for s in shots])
        self.photos, self.drawings = photo.nonzero()[:, 0], (~photo).nonzero()[:, 0]

    def batch(self, size, photos=0.4):
        """Frames of photographs and of scenes, mirrored, moved, some cells hidden, some the mean of two views of the same thing.

        @returns codes uint8 [b, 32, 1200], labels [b, 2]."""
        count = int(size * photos)
        rows = torch.cat((self.photos[torch.randint(len(self.photos), (count,))], self.drawings[torch.randint(len(self.drawings), (size - count,))]))
        x = self.split.codes(rows)
        mix = (torch.rand(size) < 0.3) & (torch.arange(size) < count)
        x[mix] = (x[mix] // 2) + (self.split.codes(self.partner[rows[mix]]) // 2)
        return self.laid_over(self.varied(x), self.labels[rows])

    def laid_over(self, x, labels, share=0.25):
        """Some patches of one thing with another such patch laid over them: the mean of both means, the larger of both maxima."""
        single = (labels[:, 1] < 0).nonzero()[:, 0]
        chosen = single[torch.randperm(len(single))[: int(len(x) * share) // 2 * 2]]
        a, b = chosen.chunk(2) if len(chosen) % 2 == 0 else chosen[1:].chunk(2)
        half = CHANNELS // 2
        labels = labels.clone()
        x[a] = torch.cat((x[a, :, :half] // 2 + x[b, :, :half] // 2, torch.maximum(x[a, :, half:], x[b, :, half:])), -1)
        labels[a, 1] = torch.where(labels[a, 0] == labels[b, 0], -1, labels[b, 0])
        return x, labels

    def varied(self, x, most=0.65):
        """Codes [b, 32, 1200] mirrored, moved by a cell or two, with up to this share of their cells hidden, singly or as a rectangle."""
        b = len(x)
        flip = torch.rand(b, 1) < 0.5
        columns = torch.where(flip, CELL_COLUMNS - 1 - torch.arange(CELL_COLUMNS), torch.arange(CELL_COLUMNS))
        columns = (columns + torch.randint(-2, 3, (b, 1))) % CELL_COLUMNS
        rows = (torch.arange(CELL_ROWS) + torch.randint(-1, 2, (b, 1)) * (torch.rand(b, 1) < 0.5)) % CELL_ROWS
        x = x.view(b, CELL_ROWS, CELL_COLUMNS, CHANNELS)[torch.arange(b)[:, None, None], rows[:, :, None], columns[:, None, :]]
        singly = torch.rand(b, CELL_ROWS, CELL_COLUMNS) < torch.rand(b, 1, 1) * most
        height, width = torch.rand(b, 1) * most + 0.2, torch.rand(b, 1) * most + 0.2
        top, left = torch.rand(b, 1) * (1 - height), torch.rand(b, 1) * (1 - width)
        down, across = torch.arange(CELL_ROWS) / CELL_ROWS, torch.arange(CELL_COLUMNS) / CELL_COLUMNS
        inside = ((down >= top) & (down < top + height))[:, :, None] & ((across >= left) & (across < left + width))[:, None]
        hidden = torch.where(torch.rand(b, 1, 1) < 0.5, singly, inside & (torch.rand(b, 1, 1) < 0.7))
        x[hidden] = self.middle
        return x.flatten(1, 2)

    def embedded(self, head, codes):
        """What head(values of codes) is, in bfloat16 and without the detour over values: a code less a whole number is exact."""
        scale = head.scale * self.split.step
        weight = head.input.weight * scale
        offset = ((head.mean - self.split.low) / self.split.step - self.middle.float()) * scale
        with torch.autocast("cpu", torch.bfloat16):
            x = F.linear(codes.bfloat16() - self.middle.bfloat16(), weight, head.input.bias - head.input.weight @ offset)
            return F.normalize(head.project(head.pooled(head.attended(x))).float(), dim=-1)


def ahead(make, depth=4):
    """Calls of make(), made ahead by a thread of its own."""
    queue = Queue(depth)

    def fill():
        while True:
            queue.put(make())

    threading.Thread(target=fill, daemon=True).start()
    while True:
        yield queue.get()


class Average:
    """An average of the weights over the last steps, which is what is kept."""

    def __init__(self, model, keep=0.995):
        self.keep, self.state = keep, {k: v.clone() for k, v in model.state_dict().items()}

    def add(self, model, step):
        keep = min(self.keep, 1 - 1 / (step + 1))
        for k, v in model.state_dict().items():
            self.state[k].lerp_(v, 1 - keep)


def quick_check(head, texts, test):
    """Names right among all names for held-out photographs and drawings."""
    head.eval()
    with torch.no_grad(), torch.autocast("cpu", torch.bfloat16):
        image = torch.cat([head(x).float() for x in test[0].patches()])
    head.train()
    right = (image @ texts.T).argmax(1)
    return {kind: round(test[2][right[rows], test[1][rows]].float().mean().item(), 3) for kind, rows in test[3].items()}


def load_test(holds):
    split = Split("test")
    kinds = {k: torch.tensor([i for i, s in enumerate(split.shots) if s["kind"] == k]) for k in ("photo", "drawn", "object", "style")}
    return split, torch.tensor([s["concepts"][0] for s in split.shots]), holds.T, kinds


def optimisers(head, scale, rate):
    """Muon for the layers' matrices, AdamW for vectors, places, queries and the logits' scale."""
    matrices = [p for n, p in head.named_parameters() if p.dim() == 2 and n.endswith(".weight")]
    inside = {id(p) for p in matrices}
    rest = [p for p in head.parameters() if id(p) not in inside]
    slow = [{"params": rest}, {"params": [scale], "weight_decay": 0.0}]
    return [torch.optim.Muon(matrices, lr=rate * 8, momentum=0.95, weight_decay=0.05), torch.optim.AdamW(slow, rate, betas=(0.9, 0.98), weight_decay=0.05)]


def train(minutes, source="both", name="branch-0", seed=0, batch=256, rate=2e-3):
    torch.manual_seed(seed)
    torch.set_num_threads(THREADS)
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    names, holds = name_table(concepts)
    weight, texts = specific(holds, concepts, names), text_vectors(names, source)
    head, path = Branch(), WORK / f"{name}.pt"
    examples, test = Examples(head), load_test(holds)
    scale = torch.nn.Parameter(torch.tensor(3.2))
    both = optimisers(head, scale, rate)
    if path.exists():
        state = torch.load(path)
        head.load_state_dict(state["model"])
        scale.data.fill_(math.log(state["scale"]))
    batches = ahead(lambda: examples.batch(batch))
    begun, step, running, average = time.time(), 0, 0.0, Average(head)
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step + 1) / 100) * max(0.01, 1 - elapsed / minutes)
        both[0].param_groups[0]["lr"] = rate * 8 * factor
        for group in both[1].param_groups:
            group["lr"] = rate * factor
        x, labels = next(batches)
        image = examples.embedded(head, x)
        phrased = texts[torch.randint(len(texts), (len(names),)), torch.arange(len(names))]
        loss = loss_of(image, labels, phrased, holds, weight, scale.exp().clamp(max=MOST_SCALE))
        for o in both:
            o.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(head.parameters(), 1.0)
        for o in both:
            o.step()
        step, running = step + 1, running * 0.98 + loss.item() * 0.02
        average.add(head, step)
        if step % 400 == 0:
            shown = Branch()
            shown.load_state_dict(average.state)
            check = quick_check(shown, F.normalize(texts.mean(0), dim=-1), test)
            print(f"step {step} {elapsed:.1f} min {(time.time() - begun) / step:.3f} s a step, loss {running:.3f}, scale {scale.exp().item():.1f} {check}, {len(examples.labels)} frames", flush=True)
            torch.save({"model": average.state, "scale": scale.exp().item()}, path)
            examples.reopen()
    torch.save({"model": average.state, "scale": scale.exp().item()}, path)


if __name__ == "__main__":
    minutes, *rest = sys.argv[1:]
    train(float(minutes), *rest[:2], *map(int, rest[2:]))
