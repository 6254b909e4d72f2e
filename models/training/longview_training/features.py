"""Composes all footage once and keeps what the frozen trunk sees of it.

    python -m longview_training.features train|test|halves|plain|more [most shots]

Writes work/<split>.f16 [frames, 32, 600] (the trunk's 9 x 16 grid averaged to 4 x 8 cells) and work/<split>.json
(one row a frame: concepts, kind of source, shot). Resumable: rows that are there already are kept.
"""

import json
import sys
import threading
import time
from queue import Queue

import numpy as np
import onnxruntime

from .compose import Composer
from .paths import BUNDLE, WORK

CELLS, CHANNELS, BATCH = 32, 600, 8
SPLITS = ["train", "test", "halves", "plain", "more"]


def trunk(threads=2):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(str(BUNDLE / "eyes.onnx"), options)


def pool(features):
    """[n, 600, 9, 16] -> [n, 32, 600]: mean over windows of 3 x 2 with strides 2 x 2, as the head's AveragePool does."""
    columns = (features[..., 0::2] + features[..., 1::2]) / 2
    rows = [(columns[:, :, i] + columns[:, :, i + 1] + columns[:, :, i + 2]) / 3 for i in (0, 2, 4, 6)]
    return np.stack(rows, 2).reshape(len(features), CHANNELS, CELLS).transpose(0, 2, 1)


def training_plan(concepts, available):
    """Every training photograph twice, every training drawing about three times, alone or in pairs; one frame a shot."""
    from .concepts import HELD_OUT_STYLE

    random = np.random.default_rng(1)
    plan = [{"kind": "photo", "file": f, "concepts": [i], "frames": 1} for i, c in enumerate(concepts) for f in c["photos"]["train"]] * 2
    drawn = [(i, s["key"]) for i, c in enumerate(concepts) if not c["heldOut"]
             for s in c["sprites"] if s["style"] != HELD_OUT_STYLE and s["key"] in available]
    for _ in range(3):
        order = list(random.permutation(len(drawn)))
        while order:
            count = 2 if random.random() < 0.12 and len(order) > 1 else 1
            chosen = [drawn[order.pop()] for _ in range(count)]
            if count == 2 and chosen[0][0] == chosen[1][0]:
                chosen = chosen[:1]
            plan.append({"kind": "drawn", "keys": [k for _, k in chosen], "concepts": [i for i, _ in chosen], "frames": 1})
    return [plan[i] for i in random.permutation(len(plan))]


def halves_plan(concepts, available, shots=9000):
    """Two training drawings side by side; one half in eight is left empty. "concepts" holds (left, right), -1 for none."""
    from .concepts import HELD_OUT_STYLE

    random = np.random.default_rng(4)
    drawn = [[(i, s["key"]) for s in c["sprites"] if s["style"] != HELD_OUT_STYLE and s["key"] in available]
             for i, c in enumerate(concepts) if not c["heldOut"]]
    drawn = [sprites for sprites in drawn if sprites]
    plan = []
    for _ in range(shots):
        pair = [drawn[random.integers(len(drawn))] for _ in range(2)]
        pair = [sprites[random.integers(len(sprites))] if random.random() > 0.125 else (-1, "") for sprites in pair]
        plan.append({"kind": "halves", "keys": [k for _, k in pair], "concepts": [i for i, _ in pair], "frames": 1})
    return plan


def more_plan(concepts, available, per_kind=90):
    """More views of the training photographs, as many of a kind that has few, every other one plain; and every training drawing twice more."""
    random = np.random.default_rng(5)
    photos = []
    for i, c in enumerate(concepts):
        files = c["photos"]["train"]
        photos += [{"kind": ("photo", "near plain")[k % 2], "file": files[(k // 2) % len(files)], "concepts": [i], "frames": 1} for k in range(per_kind if files else 0)]
    drawn = [shot | {"kind": "drawn"} for shot in training_plan(concepts, available) if shot["kind"] == "drawn"]
    return [photos[i] for i in random.permutation(len(photos))] + [drawn[i] for i in random.permutation(len(drawn))[: len(drawn) * 2 // 3]]


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


def compose_into(queue, plan, split, start, end):
    composer = Composer(1 if split == "test" else 0)
    seed = SPLITS.index(split)
    for index in range(start, end):
        shot = plan[index]
        random = np.random.default_rng([seed, index])
        makers = {"photo": composer.photo_shot, "plain": composer.plain_shot, "near plain": composer.near_plain_shot, "halves": composer.halves_shot}
        make = makers.get(shot["kind"], composer.drawn_shot)
        frames = make(random, shot.get("file") or shot["keys"], shot["frames"])
        ungraded = shot["kind"] == "plain" or (shot["kind"] == "near plain" and random.random() < 0.6)
        queue.put((index, np.stack([np.asarray(f) for f in frames]) if ungraded else composer.grade(random, frames)))
    queue.put(None)


def run(split, most):
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    available = set(json.loads((WORK / "sprites.json").read_text())["keys"])
    plan = {"train": training_plan, "test": test_plan, "halves": halves_plan, "plain": plain_plan, "more": more_plan}[split](concepts, available)
    per_shot = plan[0]["frames"]
    path, progress = WORK / f"{split}.f16", WORK / f"{split}.done"
    start = int(progress.read_text()) if progress.exists() else 0
    store = np.memmap(path, np.float16, "r+" if start else "w+", shape=(len(plan) * per_shot, CELLS, CHANNELS))
    (WORK / f"{split}.json").write_text(json.dumps({"frames": len(store), "perShot": per_shot, "shots": plan}))
    queue, session, begun = Queue(64), trunk(), time.time()
    threading.Thread(target=compose_into, args=(queue, plan, split, start, min(most, len(plan))), daemon=True).start()
    done = start
    while True:
        items = []
        while len(items) < BATCH // per_shot and (item := queue.get()) is not None:
            items.append(item)
        if not items:
            break
        frames = np.concatenate([frames for _, frames in items])
        features = session.run(["features"], {"frames": frames})[0]
        first = items[0][0] * per_shot
        store[first : first + len(frames)] = pool(features)
        done = items[-1][0] + 1
        if done % 400 < BATCH:
            store.flush()
            progress.write_text(str(done))
            print(f"{split}: {done}/{len(plan)} shots, {(time.time() - begun) / (done - start) * 1000:.0f} ms a shot", flush=True)
        if item is None:
            break
    store.flush()
    progress.write_text(str(done))
    print(f"{split}: all {done} shots")


if __name__ == "__main__":
    run(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
