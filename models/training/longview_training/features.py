"""Composes the footage that is measured on, and keeps what the frozen half of the trunk sees of it.

    python -m longview_training.features test|plain

Writes work/<split>.f16 [frames, 32, 36, 64] and work/<split>.json (one row a shot: concepts, kind of source). Goes on where it ended.
"""

import argparse
import json
import time

import numpy as np
import torch

from .compose import Composer
from .paths import WORK

BATCH, SPLITS = 8, ["train", "test", "plain"]
MIDDLE = (32, 36, 64)


class Split:
    """Shots that are measured on: `shots`, and what the lower half of the trunk saw of them."""

    def __init__(self, split):
        meta = json.loads((WORK / f"{split}.json").read_text())
        self.shots, self.per_shot = meta["shots"], meta["perShot"]
        self.store = np.memmap(WORK / f"{split}.f16", np.float16, "r", shape=(len(self.shots), self.per_shot, *MIDDLE))

    def patches(self, batch=64):
        """Shots in turn: float32 [up to batch, frames, 32, 36, 64]."""
        for start in range(0, len(self.shots), batch):
            yield torch.from_numpy(np.array(self.store[start : start + batch])).float()


def plain_plan(concepts, available):
    """Every held-out photograph as a plain slow shot of two frames."""
    plan = [{"kind": "plain", "file": f, "concepts": [i], "frames": 2} for i, c in enumerate(concepts) for f in c["photos"]["test"]]
    return [plan[i] for i in np.random.default_rng(3).permutation(len(plan))]


def test_plan(concepts, available):
    """Shots of two frames: held-out photographs; drawings seen in training, in unseen scenes; unseen objects; the unseen style."""
    from .concepts import HELD_OUT_STYLE

    random = np.random.default_rng(2)
    plan = []
    for i, c in enumerate(concepts):
        plan += [{"kind": "photo", "file": f, "concepts": [i], "frames": 2} for f in c["photos"]["test"][:6]]
        sprites = [s for s in c["sprites"] if s["key"] in available]
        seen = [s for s in sprites if s["style"] not in (HELD_OUT_STYLE,)]
        unseen_style = [s for s in sprites if s["style"] == HELD_OUT_STYLE]
        if c["heldOut"]:
            plan += [{"kind": "object", "keys": [s["key"]], "concepts": [i], "frames": 2} for s in seen]
            continue
        if seen and any(s["style"] != "stamp" for s in seen):
            s = seen[random.integers(len(seen))]
            plan.append({"kind": "drawn", "keys": [s["key"]], "concepts": [i], "frames": 2})
        if unseen_style and random.random() < 0.4:
            plan.append({"kind": "style", "keys": [unseen_style[0]["key"]], "concepts": [i], "frames": 2})
    return [plan[i] for i in random.permutation(len(plan))]


def composed(composer, shot, seed, index):
    """The frames of a shot, uint8 [frames, 288, 512, 3]."""
    random = np.random.default_rng([seed, index])
    makers = {"photo": composer.photo_shot, "plain": composer.plain_shot}
    frames = makers.get(shot["kind"], composer.drawn_shot)(random, shot.get("file") or shot["keys"], shot["frames"])
    return np.stack([np.asarray(f) for f in frames]) if shot["kind"] == "plain" else composer.grade(random, frames)


def run(split):
    from .trunk import halves

    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    available = set(json.loads((WORK / "sprites.json").read_text())["keys"])
    plan = {"test": test_plan, "plain": plain_plan}[split](concepts, available)
    path, progress = WORK / f"{split}.f16", WORK / f"{split}.done"
    shape = (len(plan), plan[0]["frames"], *MIDDLE)
    first = int(progress.read_text()) if progress.exists() and path.exists() else 0
    store = np.memmap(path, np.float16, "r+" if first else "w+", shape=shape)
    (WORK / f"{split}.json").write_text(json.dumps({"perShot": plan[0]["frames"], "shots": plan}))
    lower, begun, composer = halves()[0], time.time(), Composer(1 if split == "test" else 0)
    for start in range(first, len(plan), BATCH):
        rows = range(start, min(start + BATCH, len(plan)))
        frames = np.stack([composed(composer, plan[index], SPLITS.index(split), index) for index in rows])
        pixels = torch.from_numpy(frames).flatten(0, 1).permute(0, 3, 1, 2).float()
        store[rows[0] : rows[-1] + 1] = lower(pixels).half().numpy().reshape(len(rows), *shape[1:])
        if start // BATCH % 25 == 24 or rows[-1] == len(plan) - 1:
            store.flush()
            progress.write_text(str(rows[-1] + 1))
            print(f"{split}: {rows[-1] + 1} of {len(plan)} shots, {time.time() - begun:.0f} s", flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("split", choices=SPLITS[1:])
    run(options.parse_args().split)
