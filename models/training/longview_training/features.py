"""Composes all footage once and keeps what the frozen trunk sees of it.

    python -m longview_training.features train|test|plain [--part K/N] [--most SHOTS]

Writes work/<split>.u8 [frames, 32, 1200] (the cells of head.py, each channel in 8 bits between its extremes, which are in
work/range.npy) and work/<split>.json (one row a frame: concepts, kind of source). Several parts may run at the same time;
each goes on where it ended.
"""

import argparse
import json
import time

import numpy as np
import onnxruntime

from .compose import Composer
from .head import CELLS, CHANNELS, COLUMNS, ROWS, TRUNK
from .paths import BUNDLE, NATURAL, WORK

BATCH = 8
SPLITS = ["train", "test", "plain"]


def trunk():
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(str(BUNDLE / "eyes.onnx"), options)


def value_range(session):
    """The lowest and highest value kept of each channel [2, 600]: 0.02 % of the values at either end are cut off."""
    path = WORK / "range.npy"
    if not path.exists():
        composer, random = Composer(0), np.random.default_rng(11)
        files = sorted(NATURAL.rglob("*.jpg"))
        values = []
        for index in range(0, len(files), len(files) // 400):
            frames = composer.grade(random, composer.photo_shot(random, files[index].relative_to(NATURAL), 1))
            values.append(session.run(["features"], {"frames": frames})[0][0].reshape(TRUNK, ROWS * COLUMNS))
        np.save(path, np.quantile(np.concatenate(values, 1), [0.0002, 0.9998], 1).astype(np.float32))
    return np.load(path)


def in_bytes(features, extremes):
    """[n, 600, 9, 16] float32 -> uint8 [n, 9, 16, 600]."""
    low, high = extremes
    scaled = (features.transpose(0, 2, 3, 1) - low) * (255 / (high - low))
    return np.clip(np.round(scaled), 0, 255).astype(np.uint8)


def cells_of(grid):
    """uint8 [n, 9, 16, 600] -> [n, 32, 1200]: means and maxima of windows of 3 x 2 with steps of 2 x 2."""
    rows = np.stack([grid[:, i : i + 3] for i in range(0, 7, 2)], 1)  # [n, 4, 3, 16, 600]
    windows = rows.reshape(len(grid), 4, 3, 8, 2, -1)
    means = np.round(windows.mean((2, 4), dtype=np.float32)).astype(np.uint8)
    return np.concatenate((means, windows.max((2, 4))), -1).reshape(len(grid), CELLS, CHANNELS)


def training_plan(concepts, available, photos=30000, drawings=45000):
    """Photographs of kinds that have few as often as of those that have many, nearly, every other one plain; drawings in scenes, some
    in pairs, every drawing as often as any other. One frame a shot, all mixed, so that any beginning of it is a fair sample."""
    from .concepts import HELD_OUT_STYLE

    random = np.random.default_rng(1)
    kinds = [(i, c["photos"]["train"]) for i, c in enumerate(concepts) if c["photos"]["train"]]
    weight = np.array([len(files) for _, files in kinds]) ** 0.35
    plan, turns = [], {}
    for k in random.choice(len(kinds), photos, p=weight / weight.sum()):
        i, files = kinds[k]
        turn = turns[i] = turns.get(i, -1) + 1
        plan.append({"kind": ("photo", "near plain")[turn // len(files) % 2], "file": files[turn % len(files)], "concepts": [i]})
    drawn = [(i, s["key"]) for i, c in enumerate(concepts) if not c["heldOut"]
             for s in c["sprites"] if s["style"] != HELD_OUT_STYLE and s["key"] in available]
    order = []
    while len(order) < drawings * 1.2:
        order += list(random.permutation(len(drawn)))
    for _ in range(drawings):
        chosen = [drawn[order.pop()] for _ in range(2 if random.random() < 0.18 else 1)]
        if len(chosen) == 2 and chosen[0][0] == chosen[1][0]:
            chosen = chosen[:1]
        plan.append({"kind": "drawn", "keys": [k for _, k in chosen], "concepts": [i for i, _ in chosen]})
    return [plan[i] | {"frames": 1} for i in random.permutation(len(plan))]


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
    makers = {"photo": composer.photo_shot, "plain": composer.plain_shot, "near plain": composer.near_plain_shot}
    frames = makers.get(shot["kind"], composer.drawn_shot)(random, shot.get("file") or shot["keys"], shot["frames"])
    ungraded = shot["kind"] == "plain" or (shot["kind"] == "near plain" and random.random() < 0.6)
    return np.stack([np.asarray(f) for f in frames]) if ungraded else composer.grade(random, frames)


def run(split, part, parts, most):
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    available = set(json.loads((WORK / "sprites.json").read_text())["keys"])
    plan = {"train": training_plan, "test": test_plan, "plain": plain_plan}[split](concepts, available)
    per_shot = plan[0]["frames"]
    path, progress = WORK / f"{split}.u8", WORK / f"{split}.{part}-of-{parts}.done"
    shape = (len(plan) * per_shot, CELLS, CHANNELS)
    if not path.exists():
        np.memmap(path, np.uint8, "w+", shape=shape)
    store = np.memmap(path, np.uint8, "r+", shape=shape)
    (WORK / f"{split}.json").write_text(json.dumps({"frames": len(store), "perShot": per_shot, "shots": plan}))
    session, begun, composer = trunk(), time.time(), Composer(1 if split == "test" else 0)
    extremes = value_range(session)
    first = int(progress.read_text()) if progress.exists() else 0
    # Part k has the groups of shots k, k + parts, …; "done" counts groups.
    size = BATCH // per_shot
    groups = list(range(0, min(most, len(plan)), size))[part::parts]
    for done in range(first, len(groups)):
        rows = range(groups[done], min(groups[done] + size, len(plan)))
        frames = np.concatenate([composed(composer, plan[index], SPLITS.index(split), index) for index in rows])
        features = session.run(["features"], {"frames": frames})[0]
        store[rows[0] * per_shot : (rows[-1] + 1) * per_shot] = cells_of(in_bytes(features, extremes))
        if done % 50 == 49 or done == len(groups) - 1:
            store.flush()
            progress.write_text(str(done + 1))
            print(f"{split} {part}/{parts}: {(done + 1) * size} shots, {(time.time() - begun) / (done + 1 - first) / size * 1000:.0f} ms a shot", flush=True)


if __name__ == "__main__":
    options = argparse.ArgumentParser()
    options.add_argument("split", choices=SPLITS)
    options.add_argument("--part", default="0/1")
    options.add_argument("--most", type=int, default=1_000_000)
    given = options.parse_args()
    run(given.split, *map(int, given.part.split("/")), given.most)
