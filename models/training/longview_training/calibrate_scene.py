"""Fits engine/search/calibration.ts's `scene` and `background`: similarities of present and absent queries.

    python -m longview_training.calibrate_scene

P(there) = sigmoid(a * similarity + b * z + c), of the best shot of each made video (calibrate.py's), with the mean and
deviation of z steadied as the engine does. Half of the videos fit, the other half measures.
"""

import numpy as np

from .calibrate import auc, held_out, videos
from .evaluate import load_concepts, query_vectors
from .questions import article

#: engine/search/calibration.ts, background.patches
PRIOR_PATCHES = 40


def fit(design, there, steps=100):
    """Newton's method for logistic regression."""
    weights = np.zeros(design.shape[1])
    for _ in range(steps):
        p = 1 / (1 + np.exp(-design @ weights))
        hessian = design.T @ (design * (p * (1 - p))[:, None]) + 1e-6 * np.eye(design.shape[1])
        step = np.linalg.solve(hessian, design.T @ (there - p))
        weights += step
        if np.abs(step).max() < 1e-9:
            break
    return weights


def main(seed=3, count=40):
    random = np.random.default_rng(seed)
    concepts, (image, all_shots) = load_concepts(), held_out()
    similar = (query_vectors([article(c["name"]) for c in concepts], "tower") @ image.T).numpy()
    mean, deviation, k = similar.mean(), similar.std(1).mean(), PRIOR_PATCHES
    rows, there, fold = [], [], []
    for v, (shots, present, absent) in enumerate(videos(all_shots, concepts, count, random)):
        for c, y in [(c, 1) for c in present] + [(c, 0) for c in absent]:
            s = similar[c, shots]
            m = (s.sum() + k * mean) / (len(s) + k)
            d = np.sqrt(((s**2).sum() + k * (mean**2 + deviation**2)) / (len(s) + k) - m**2)
            rows.append([s.max(), (s.max() - m) / d, 1]), there.append(y), fold.append(v % 2)
    design, there, fold = np.array(rows), np.array(there), np.array(fold)
    weights = fit(design[fold == 0], there[fold == 0])
    if weights[1] < 0:
        # Footage that is alike throughout deviates little: there, such a weight would make what is less alike likelier.
        alone = fit(design[fold == 0][:, [0, 2]], there[fold == 0])
        weights = np.array([alone[0], 0, alone[1]])
    p, y = 1 / (1 + np.exp(-design[fold == 1] @ weights)), there[fold == 1]
    print("scene: similarity %.2f, standout %.3f, bias %.3f" % tuple(weights))
    print("background: mean %.4f, deviation %.4f" % (mean, deviation))
    print("auc %.3f, accuracy %.3f, brier %.3f" % (auc(p, y), ((p > 0.5) == y).mean(), ((p - y) ** 2).mean()))
    for low in np.arange(0, 1, 0.1):
        inside = (p >= low) & (p < low + 0.1)
        if inside.any():
            print("said %.1f to %.1f: %d queries, there %.2f" % (low, low + 0.1, inside.sum(), y[inside].mean()))


if __name__ == "__main__":
    main()
