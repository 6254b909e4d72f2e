"""The videos and questions of the comparison: real photographs' trunk features, composed by indexing.

A video has n temporal patches of 2 x 2 visual tokens. A patch shows one photograph, or two side by side (its left
column of one, its right column of the other). A question is two tokens, task and subject, its answer one token.
Everything random comes from one generator, so that every encoding is trained and measured on the same videos.
"""

import json
from dataclasses import dataclass

import numpy as np
import torch

from torch.nn import functional as F

from .compose import Composer as Composed
from .hope import GAMMAS
from .paths import WORK
from .trunk import LAST, halves

GRID, WIDTH = (2, 2), 96
#: Channels of the trunk's last two layers.
TRUNK = sum(LAST)
SPLIT, UNIQUE, MOST_UNIQUE, FILLERS, COUNTED = 0.25, 0.7, 16, 40, 3
GROUPS = {
    "mammal": ["mammal"], "sea animal": ["marine"], "clothing": ["clothing"], "instrument": ["instrument"], "bug": ["bug"],
    "bird": ["bird"], "vehicle": ["water", "ground", "air"], "reptile": ["reptile"], "plant": ["flower", "plant", "fruit"],
}
TASKS = ("present", "which", "after", "before", "beside", "first", "last", "count")
#: Questions of one training video.
DENSE = ("present",) * 6 + ("which",) * 2 + ("after", "before") * 4 + ("beside",) * 2 + ("first", "last") + ("count",) * 2


@dataclass
class Photographs:
    features: torch.Tensor  # [rows, 2, 2, WIDTH], standardised
    rows_of: torch.Tensor  # [kinds, most] rows of each kind, repeated to equal length
    names: list
    group_of: torch.Tensor  # [kinds], -1 for none
    means: torch.Tensor  # [kinds, WIDTH] of the training tokens


class Vocabulary:
    """One token for everything: markers, tasks, groups, kinds, answers."""

    def __init__(self, kinds):
        self.kinds, at = kinds, 3
        self.user, self.vision_start, self.vision_end = range(3)
        for name, count in (("task", len(TASKS)), ("group", len(GROUPS)), ("kind", kinds), ("truth", 2), ("number", 5), ("it", 1)):
            setattr(self, name, at)
            at += count
        self.size = at


#: How often each training photograph is filmed, and frames of a shot.
FILMED, FRAMES = 3, 2


def filmed(files, makers, seed):
    """Each file filmed by each of the makers -> what the detector's whole trunk sees, averaged to 2 x 2: [files * makers, 2, 2, 600]."""
    lower, upper = halves()
    out = []
    with torch.no_grad():
        for number, file in enumerate(files):
            shots = [make(np.random.default_rng([seed, number, k]), file, FRAMES) for k, make in enumerate(makers)]
            frames = torch.from_numpy(np.stack([np.asarray(f) for shot in shots for f in shot])).permute(0, 3, 1, 2).float()
            grid = upper(lower(frames))[:, :TRUNK]
            out.append(F.adaptive_avg_pool2d(grid, 2).view(len(makers), FRAMES, TRUNK, 2, 2).mean(1).permute(0, 2, 3, 1))
            if number % 500 == 499:
                print(f"{number + 1} of {len(files)} photographs", flush=True)
    return torch.cat(out)


def projection(features, labels, kinds, shrink=0.3):
    """Linear discriminants of the training tokens: (centre [F], matrix [F, WIDTH])."""
    x = features.flatten(0, 2).double()
    y = labels.repeat_interleave(4)
    means = torch.zeros(kinds, x.shape[1], dtype=torch.double).index_add_(0, y, x) / torch.bincount(y, minlength=kinds)[:, None]
    within = torch.cov((x - means[y]).T)
    within = (1 - shrink) * within + shrink * torch.eye(len(within)) * within.diagonal().mean()
    whiten = torch.linalg.inv(torch.linalg.cholesky(within)).T
    directions = torch.linalg.svd((means - means.mean(0)) @ whiten, full_matrices=False)[2][:WIDTH]
    return x.mean(0).float(), (whiten @ directions.T).float()


def load():
    """(training, held-out) photographs; made once, kept in work/compare/photographs.pt."""
    path = WORK / "compare/photographs.pt"
    if not path.exists():
        path.parent.mkdir(exist_ok=True)
        with torch.device("cpu"):
            torch.save(made(), path)
    return torch.load(path, weights_only=False, map_location=torch.get_default_device())


def made():
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    kinds = [i for i, c in enumerate(concepts) if c["photos"]["train"]]
    place = {k: i for i, k in enumerate(kinds)}
    composer, found = Composed(), {}
    ways = {"train": [composer.plain_shot] + [composer.photo_shot] * (FILMED - 1), "test": [composer.plain_shot]}
    for seed, (part, makers) in enumerate(ways.items()):
        files = [(f, place[k]) for k in kinds for f in concepts[k]["photos"][part]]
        labels = torch.tensor([label for _, label in files]).repeat_interleave(len(makers))
        found[part] = filmed([f for f, _ in files], makers, seed), labels
    centre, matrix = projection(*found["train"], len(kinds))
    spread = ((found["train"][0] - centre) @ matrix).std()
    group = {g: i for i, gs in enumerate(GROUPS.values()) for g in gs}
    group_of = torch.tensor([group.get(concepts[k]["group"], -1) for k in kinds])
    names, out, means = [concepts[k]["name"] for k in kinds], [], None
    for features, labels in found.values():
        x = (features - centre) @ matrix / spread
        if means is None:
            means = torch.stack([x[labels == k].mean((0, 1, 2)) for k in range(len(kinds))])
        lists = [(labels == k).nonzero()[:, 0] for k in range(len(kinds))]
        longest = max(map(len, lists))
        rows_of = torch.stack([r.repeat(-(-longest // len(r)))[:longest] for r in lists])
        out.append(Photographs(x, rows_of, names, group_of, means))
    return tuple(out)


@dataclass
class Videos:
    tokens: torch.Tensor  # [b, n, 2, 2, WIDTH]
    kinds: torch.Tensor  # [b, n, 2] what the left and the right column show
    gamma: torch.Tensor  # [b]
    questions: torch.Tensor  # [b, q, 2] token ids
    answers: torch.Tensor  # [b, q] token ids, -1 where the question has no answer
    tasks: list  # per question


def ranks(noise):
    return noise.argsort(-1).argsort(-1)


class Composer:
    def __init__(self, photographs, seed):
        self.photos, self.words = photographs, Vocabulary(len(photographs.names))
        self.random = torch.Generator(torch.get_default_device()).manual_seed(seed)

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.random)

    def shots(self, b, n, needle_at):
        """Kinds of each patch's left and right [b, n], the needles' kinds [b, m], the order of kinds [b, kinds], unique [b, n]."""
        p, kinds = self.photos, len(self.photos.names)
        m = 1 if n < 4 or needle_at is not None else 2
        groups = torch.topk(self.uniform(b, len(GROUPS)), m).indices
        member = p.group_of[None, None] == groups[..., None]
        needle = torch.where(member, self.uniform(b, m, kinds), torch.tensor(-1.0)).argmax(-1)
        order = torch.argsort(self.uniform(b, kinds) + member.any(1) * 10.0, 1)
        most = torch.full((b, 1), min(n, MOST_UNIQUE)) * UNIQUE + self.uniform(b, 1)
        rank = ranks(self.uniform(b, n))
        unique = rank < most.long()
        fill = lambda: order.gather(1, 32 + (self.uniform(b, n) * FILLERS).long())
        own = lambda side: order.gather(1, (2 * rank + side).clamp(max=31))
        split = (self.uniform(b, n) < SPLIT) & (torch.arange(n) % (n - 1 or 1) > 0)
        left = torch.where(unique, own(0), fill())
        right = torch.where(split, torch.where(unique, own(1), fill()), left)
        self.plant(left, right, unique, order[:, 72:73], ranks(self.uniform(b, n)) < (self.uniform(b, 1) * (COUNTED + 1)).long().clamp(max=n // 4))
        at = ranks(self.uniform(b, n))[:, :m] if needle_at is None else torch.full((b, 1), needle_at)
        for i in range(m):
            self.plant(left, right, unique, needle[:, i : i + 1], torch.arange(n) == at[:, i : i + 1])
        return left, right, needle, groups, order, unique

    @staticmethod
    def plant(left, right, unique, kind, where):
        for side in (left, right):
            side[:] = torch.where(where, kind, side)
        unique &= ~where

    def pick(self, allowed):
        """A random allowed patch [b], and whether there is one."""
        return torch.where(allowed, self.uniform(*allowed.shape), torch.tensor(-1.0)).argmax(1), allowed.any(1)

    def ask(self, task, nth, scene):
        """(subject token [b], answer token [b])."""
        left, right, needle, groups, order, unique = scene
        w, b, n = self.words, *left.shape
        take = lambda x, at: x.gather(1, at[:, None])[:, 0]
        whole, none = left == right, torch.tensor(-1)
        if task == "which":
            nth = nth % needle.shape[1]
            return w.group + groups[:, nth], w.kind + needle[:, nth]
        if task in ("first", "last"):
            return torch.full((b,), w.it), w.kind + left[:, 0 if task == "first" else -1]
        if task in ("present", "count"):
            shown = take(left, (self.uniform(b) * n).long())
            if task == "count":
                shown = order[:, 72]
            absent = order[:, 73 + int(self.uniform(()) * 8)]
            subject = torch.where(self.uniform(b) < (0.5 if task == "present" else 0.1), absent, shown)
            seen = ((left == subject[:, None]) | (right == subject[:, None])).sum(1)
            return w.kind + subject, w.truth + (seen > 0).long() if task == "present" else w.number + seen.clamp(max=4)
        if task == "beside":
            at, ok = self.pick(unique & ~whole)
            flip = self.uniform(b) < 0.5
            one, other = take(left, at), take(right, at)
            return w.kind + torch.where(flip, one, other), torch.where(ok, w.kind + torch.where(flip, other, one), none)
        step, neighbour = (1, whole.roll(-1, 1)) if task == "after" else (-1, whole.roll(1, 1))
        neighbour[:, -1 if step == 1 else 0] = False
        at, ok = self.pick(unique & whole & neighbour)
        return w.kind + take(left, at), torch.where(ok, w.kind + take(left, (at + step) % n), none)

    def videos(self, b, n, tasks=DENSE, needle_at=None):
        """b videos of n patches, with one question for each of `tasks`; the needle's patch may be given."""
        scene = self.shots(b, n, needle_at)
        left, right = scene[:2]
        p, w = self.photos, self.words
        row = lambda kind: p.rows_of[kind, (self.uniform(b, n) * p.rows_of.shape[1]).long()]
        of_left, of_right = row(left), row(right)
        of_right = torch.where(left == right, of_left, of_right)
        tokens = torch.stack((p.features[of_left][:, :, :, 0], p.features[of_right][:, :, :, 1]), 3)
        gamma = torch.tensor(GAMMAS, dtype=torch.float64)[torch.randint(len(GAMMAS), (b,), generator=self.random)]
        asked, answers = [], []
        for index, task in enumerate(tasks):
            subject, answer = self.ask(task, index, scene)
            asked.append(torch.stack((torch.full((b,), w.task + TASKS.index(task)), subject), 1))
            answers.append(answer)
        return Videos(tokens, torch.stack((left, right), 2), gamma, torch.stack(asked, 1), torch.stack(answers, 1), list(tasks))
