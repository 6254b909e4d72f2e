"""Positions and rotary tables of all five encodings, vectorised (engine/hope is the reference).

    python -m longview_training.compare_positions    # holds them against tests/fixtures/hope/vectors.json

`hfa` is an ablation, no encoding of its own: hope whose gamma stays 1.
"""

import json

import torch

from .hope import GAMMAS
from .paths import REPOSITORY

VARIANTS = ("rope", "tad-rope", "m-rope", "videorope", "hope")
ABLATION = "hfa"


def gamma_of(variant, drawn):
    """What gamma a video is trained with: the drawn one where the variant scales time, else 1."""
    return drawn if variant == "hope" else torch.ones_like(drawn)


def visual_positions(variant, gamma, patches, grid, start, time_start=None):
    """gamma [b] -> positions [b, patches * rows * columns, 3] (t, h, w), and where text goes on and by which step.

    start [b]; time_start [b] is tad-rope's second walk. @returns positions, next [b], step.
    """
    rows, columns = grid
    b, each = len(gamma), rows * columns
    patch = torch.arange(patches, dtype=torch.float64)
    start = torch.as_tensor(start, dtype=torch.float64).expand(b)
    if variant in ("rope", "tad-rope"):
        index = start[:, None] + torch.arange(patches * each, dtype=torch.float64)
        after = start + patches * each
        if variant == "tad-rope":
            second = start if time_start is None else time_start
            index = index + second[:, None] + patch.repeat_interleave(each)
            after = after + second + patches
        return index[..., None].expand(-1, -1, 3), after, 2 if variant == "tad-rope" else 1
    scale = {"m-rope": torch.ones_like(gamma), "videorope": torch.full_like(gamma, 2)}.get(variant, gamma)
    t = start[:, None] + scale[:, None].double() * patch
    flat = variant == "m-rope"
    base = start[:, None].expand(-1, patches) if flat else t
    h = torch.arange(rows) - (0 if flat else (rows - 1) // 2)
    w = torch.arange(columns) - (0 if flat else (columns - 1) // 2)
    full = lambda x: x[:, :, None, None].expand(-1, -1, rows, columns)
    stacked = torch.stack((full(t), full(base) + h[:, None], full(base) + w), -1)
    after = start + max(patches, rows, columns) if flat else t[:, -1] + 1
    return stacked.flatten(1, 3), after, 1


def tables(variant, positions, head_dim=32, sections=(4, 6, 6), theta=10000.0):
    """positions [b, s, 3] -> cos, sin [b, 1, s, head_dim]."""
    pairs = head_dim // 2
    frequencies = theta ** (-2 * torch.arange(pairs, dtype=torch.float64) / head_dim)
    if variant in ("videorope", "hope", ABLATION):
        axis = [1 + i % 2 if i < pairs - sections[0] else 0 for i in range(pairs)]
        if variant != "videorope":
            frequencies[pairs - sections[0] :] = 0
    else:
        axis = [0] * sections[0] + [1] * sections[1] + [2] * sections[2]
    angles = positions.double()[..., torch.tensor(axis)] * frequencies
    angles = torch.cat((angles, angles), -1)[:, None]
    return angles.cos().float(), angles.sin().float()


def walk(variant, gamma, layout):
    """Positions [1, tokens, 3] of a whole layout, and the id at which generation goes on."""
    gamma = torch.tensor([float(gamma)], dtype=torch.float64)
    start, second, parts = torch.zeros(1, dtype=torch.float64), torch.zeros(1, dtype=torch.float64), []
    for kind, *sizes in layout:
        if kind == "text":
            step = 2 if variant == "tad-rope" else 1
            first = start + second if variant == "tad-rope" else start
            parts.append((first[:, None] + step * torch.arange(sizes[0], dtype=torch.float64))[..., None].expand(-1, -1, 3))
            start, second = start + sizes[0], second + sizes[0]
            continue
        patches, *grid = sizes
        positions, after, _ = visual_positions(variant, gamma, patches, grid, start, second)
        parts.append(positions)
        second = second + patches
        start = after - second if variant == "tad-rope" else after
    return torch.cat(parts, 1), float(start + second if variant == "tad-rope" else start)


def check():
    """The greatest difference to the worked vectors over ids, next and tables."""
    worst = 0.0
    vectors = json.loads((REPOSITORY / "tests/fixtures/hope/vectors.json").read_text())
    for v in vectors:
        positions, after = walk(v["variant"], v["gamma"], v["layout"])
        cos, sin = tables(v["variant"], positions, v["headDim"], v["sections"], v["theta"])
        expected = torch.tensor(v["positions"], dtype=torch.float64).T
        worst = max(worst, float((positions[0] - expected).abs().max()), abs(after - v["next"]))
        worst = max(worst, float((cos[0, 0] - torch.tensor(v["cos"])).abs().max()), float((sin[0, 0] - torch.tensor(v["sin"])).abs().max()))
    assert worst < 1e-5, worst
    print(f"{len(vectors)} vectors, greatest difference {worst:.1e}; gammas in training {GAMMAS}")


if __name__ == "__main__":
    check()
