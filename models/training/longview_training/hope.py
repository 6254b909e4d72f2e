"""HoPE positions and rotary tables, vectorised over a batch (engine/hope is the reference).

Text token k of a segment: (start + k) three times. Visual token (ti, hi, wi): T = gamma * ti + start;
(T, T + hi - floor((h - 1) / 2), T + wi - floor((w - 1) / 2)); the next segment starts at max(t) + 1.
"""

import torch

SECTIONS = (4, 6, 6)
THETA = 10000.0
GAMMAS = (0.5, 0.75, 1.0, 1.25, 1.5)


def visual_positions(gamma, patches, grid, start):
    """gamma [b] -> positions [b, patches * rows * columns, 3] (t, h, w) and where text goes on [b]."""
    rows, columns = grid
    t = gamma[:, None] * torch.arange(patches, dtype=torch.float64) + start
    h = torch.arange(rows) - (rows - 1) // 2
    w = torch.arange(columns) - (columns - 1) // 2
    t = t[:, :, None, None].expand(-1, -1, rows, columns)
    stacked = torch.stack((t, t + h[:, None], t + w[None, :]), -1)
    return stacked.flatten(1, 3), t.flatten(1).amax(1) + 1


def text_positions(index):
    """Plain positions [b, s] -> [b, s, 3]."""
    return index[..., None].expand(*index.shape, 3)


def tables(positions, head_dim=32, sections=SECTIONS, theta=THETA):
    """positions [b, s, 3] -> cos, sin [b, 1, s, head_dim]: spatial pairs first, rows and columns in turn; temporal pairs don't turn."""
    pairs = head_dim // 2
    spatial = pairs - sections[0]
    frequencies = theta ** (-2 * torch.arange(pairs, dtype=torch.float64) / head_dim)
    axis = torch.tensor([1 + i % 2 if i < spatial else 0 for i in range(pairs)])
    frequencies[spatial:] = 0
    angles = positions.double()[..., axis] * frequencies
    angles = torch.cat((angles, angles), -1)[:, None]
    return angles.cos().float(), angles.sin().float()
