"""The head: what the frozen half of the trunk sees of two frames -> one embedding in the text space, and what visual tokens are made of.

The head has its own copy of the trunk's upper half, trained on with it. Each place of its grid [9 x 16] becomes a cell, the mean of
both frames. Several branches look at the same cells; the mean of their embeddings ranks held-out footage better than any of them.
A branch pools by learnt queries; asked of the cells of one region only, the same queries embed that region in the text space too.
"""

import torch
from torch import nn
from torch.nn import functional as F

from .trunk import Upper

ROWS, COLUMNS, EMBEDDING = 9, 16, 384
CHANNELS, CELLS = Upper.CHANNELS, ROWS * COLUMNS
#: Regions of the frame, rows by columns: as many visual tokens as a patch has.
REGIONS = (4, 7)


def overlaps(cells, parts):
    """[parts, cells] how much of each of so many equal parts of a side each of its cells makes up."""
    edges = torch.arange(parts + 1)[:, None] * cells / parts
    cell = torch.arange(cells)
    return (torch.minimum(edges[1:], cell + 1) - torch.maximum(edges[:-1], cell)).clamp(min=0)


def views():
    """[1 + regions, 144] how much each cell counts in the whole frame (first) and in each region, row by row."""
    down, across = overlaps(ROWS, REGIONS[0]), overlaps(COLUMNS, REGIONS[1])
    regions = (down[:, None, :, None] * across[None, :, None, :]).flatten(2).flatten(0, 1)
    return torch.cat((torch.ones(1, CELLS), regions))


class Block(nn.Module):
    """A pre-norm transformer layer over the cells, attending in both directions."""

    def __init__(self, size, heads, inner):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(size), nn.LayerNorm(size)
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up, self.down = nn.Linear(size, inner), nn.Linear(inner, size)

    def forward(self, x):
        b, s, d = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(b, s, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, s, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Branch(nn.Module):
    def __init__(self, size=256, heads=8, layers=2, inner=768, dropout=0.2):
        super().__init__()
        self.register_buffer("mean", torch.zeros(CHANNELS))
        self.register_buffer("scale", torch.ones(CHANNELS))
        self.input = nn.Linear(CHANNELS, size)
        self.place = nn.Parameter(torch.randn(CELLS, size) * 0.02)
        self.blocks = nn.ModuleList(Block(size, heads, inner) for _ in range(layers))
        self.norm = nn.LayerNorm(size)
        self.heads = heads
        self.query = nn.Parameter(torch.randn(heads, size // heads) * 0.3)
        self.key, self.value = nn.Linear(size, size), nn.Linear(size, size)
        self.project = nn.Linear(size, EMBEDDING)
        self.dropout = nn.Dropout(dropout)

    def pooled(self, x, hidden=None, views=None):
        """Cells [n, 144, 776] -> [n, size]: what one learnt query per attention head picks of them. hidden: bool [n, 144], cells to leave out.

        With views [v, 144]: [n, v, size], what they pick where each cell counts so much.
        """
        x = (x - self.mean) * self.scale
        if hidden is not None:
            x = x.masked_fill(hidden[..., None], 0)
        x = self.dropout(self.input(x)) + self.place
        for block in self.blocks:
            x = block(x)
        x = self.norm(x)
        n, s, d = x.shape
        k = self.key(x).view(n, s, self.heads, d // self.heads)
        v = self.value(x).view(n, s, self.heads, d // self.heads).transpose(1, 2)
        scores = (k * self.query).sum(-1).float().transpose(1, 2)[:, :, None] * (d // self.heads) ** -0.5
        if views is not None:
            scores = scores + views.clamp(min=1e-9).log()
        picked = (F.softmax(scores, -1).to(v.dtype) @ v).transpose(1, 2).flatten(2)
        return self.dropout(picked if views is not None else picked[:, 0])


class Head(nn.Module):
    """The trunk's upper half (with weights of its own, or those to come) and branches whose embeddings are averaged."""

    def __init__(self, branches, trunk=None):
        super().__init__()
        self.trunk = trunk or Upper()
        self.branches = nn.ModuleList(branches)

    def cells(self, middle):
        """What the lower half sees of one or two frames [n, frames, 32, 36, 64] -> [n, 144, 776]."""
        n, frames = middle.shape[:2]
        return self.trunk(middle.flatten(0, 1)).view(n, frames, CHANNELS, CELLS).mean(1).transpose(1, 2)

    def each(self, cells, hidden=None, views=None):
        """@returns what each branch pools [n, size], and each one's unit embedding [n, 384]; of views, [n, v, size] and [n, v, 384]."""
        pooled = [branch.pooled(cells, hidden, views) for branch in self.branches]
        return pooled, [F.normalize(branch.project(p).float(), dim=-1) for branch, p in zip(self.branches, pooled)]

    def pooled(self, cells, hidden=None, views=None):
        """@returns what the first branch pools [n, size], which the decoder reads, and the embedding [n, 384]; of views, [n, v, …]."""
        pooled, each = self.each(cells, hidden, views)
        return pooled[0], F.normalize(sum(each), dim=-1)

    def forward(self, middle):
        return self.pooled(self.cells(middle))[1]


def shape_of(branch):
    """What a branch is built with."""
    return {"size": branch.norm.weight.shape[0], "heads": branch.heads, "layers": len(branch.blocks), "inner": branch.blocks[0].up.out_features}


def save(head, path):
    torch.save({"shapes": [shape_of(b) for b in head.branches], "model": head.state_dict()}, path)


def load(path):
    state = torch.load(path, map_location="cpu")
    head = Head([Branch(**shape) for shape in state["shapes"]])
    head.load_state_dict(state["model"])
    return head.eval()
