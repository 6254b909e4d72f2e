"""How sure a find may be: similarities of present and absent queries over made videos of held-out shots.

    python -m longview_training.calibrate

Fits p(present) = 1 / (1 + exp(-(a * score + b))) for several scores and writes calibration.json with the best one.
A video is 60 two-second shots (one patch each here); absent queries are names of things that none of its shots show,
half of them near in meaning to something shown. Half of the videos fit, the other half measures.
"""

import json

import numpy as np
import torch

from .evaluate import load_concepts, query_vectors
from .patches import embeddings
from .paths import TRAINING, WORK
from .questions import article
from .names import name_table

SCORES = {
    "max": lambda s: s.max(),
    "max - mean": lambda s: s.max() - s.mean(),
    "z": lambda s: (s.max() - s.mean()) / (s.std() + 1e-6),
    "max - 0.5 mean": lambda s: s.max() - 0.5 * s.mean(),
}


def videos(shots, concepts, count, random):
    """[(rows of the video, concepts present, absent)] with as many absent as present."""
    names, holds = name_table(concepts)
    group = holds.numpy()
    usable = [i for i, s in enumerate(shots) if s["kind"] in ("photo", "plain", "drawn", "object", "style")]
    by = {}
    for i in usable:
        for c in shots[i]["concepts"]:
            by.setdefault(c, []).append(i)
    vectors = query_vectors([c["name"] for c in concepts], "tower")
    alike = (vectors @ vectors.T).numpy()
    for _ in range(count):
        chosen = random.choice(sorted(by), 60, replace=False)
        rows = [by[c][random.integers(len(by[c]))] for c in chosen]
        shown = {c for r in rows for c in shots[r]["concepts"]}
        covered = group[sorted(shown)].any(0)
        others = [c for c in range(len(concepts)) if c not in shown and not any(covered[names.index(n)] for n in concepts[c]["names"])]
        near = sorted((c for c in others if alike[c, chosen].max() < 0.8), key=lambda c: -alike[c, chosen].max())[:60]
        yield rows, sorted(shown), list(random.choice(near, 20, replace=False)) + list(random.choice(others, 40, replace=False))


def logistic(x, y, steps=400):
    """Fits a, b of p = sigmoid(a x + b) by Newton's method."""
    design = np.stack([x, np.ones_like(x)], 1)
    w = np.zeros(2)
    for _ in range(steps):
        p = 1 / (1 + np.exp(-design @ w))
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (y - p))
        w += step
        if np.abs(step).max() < 1e-9:
            break
    return w


def auc(x, y):
    """Chance that a present query scores above an absent one."""
    order = np.argsort(x)
    rank = np.empty(len(x))
    rank[order] = np.arange(1, len(x) + 1)
    present = y.sum()
    return (rank[y == 1].sum() - present * (present + 1) / 2) / (present * (len(y) - present))


def held_out():
    """Embeddings of all held-out shots, plain ones and others, and the shots."""
    parts = [torch.load(WORK / f"patches-{split}.pt") for split in ("test", "plain")]
    return torch.cat([embeddings(p["features"]) for p in parts]), [s for p in parts for s in p["shots"]]


def main(seed=3, count=40):
    random = np.random.default_rng(seed)
    concepts, (image, shots) = load_concepts(), held_out()
    queries = query_vectors([article(c["name"]) for c in concepts], "tower")
    similar = (queries @ image.T).numpy()
    table, label, fold, raw = {k: [] for k in SCORES}, [], [], {"present": [], "absent": []}
    for v, (rows, present, absent) in enumerate(videos(shots, concepts, count, random)):
        for c, y in [(c, 1) for c in present] + [(c, 0) for c in absent]:
            s = similar[c, rows]
            for name, score in SCORES.items():
                table[name].append(score(s))
            label.append(y), fold.append(v % 2), raw["present" if y else "absent"].append(float(s.max()))
    label, fold = np.array(label), np.array(fold)
    result = {"patchesPerVideo": 60, "videos": count, "queries": len(label), "scores": {}}
    for name, values in table.items():
        x = np.array(values)
        a, b = logistic(x[fold == 0], label[fold == 0])
        p = 1 / (1 + np.exp(-(a * x[fold == 1] + b)))
        y = label[fold == 1]
        result["scores"][name] = {"a": round(float(a), 4), "b": round(float(b), 4), "auc": round(float(auc(x[fold == 1], y)), 4),
                                  "accuracy": round(float(((p > 0.5) == y).mean()), 4), "brier": round(float(((p - y) ** 2).mean()), 4)}
    for which, values in raw.items():
        result[f"max similarity, {which}"] = {q: round(float(np.quantile(values, q / 100)), 4) for q in (5, 25, 50, 75, 95)}
    result["best"] = max(result["scores"], key=lambda k: result["scores"][k]["auc"])
    (TRAINING / "calibration.json").write_text(json.dumps(result, indent=1) + "\n")
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
