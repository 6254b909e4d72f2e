"""The head on the frozen trunk: two frames' features -> one embedding in the text space, and visual tokens.

Several branches, trained one by one (on other frames, from other starts), look at the same cells; the mean of their embeddings ranks
held-out footage much better than any of them.

Windows of 3 x 2 places of the trunk's grid [9 x 16], with steps of 2 x 2, become 4 x 8 cells by their means and their maxima (what is
small must not drown in its surroundings); the two frames are averaged; cells attend to each other and are pooled.
The converted graph pools the grid itself; training starts from the cells [n, 32, 1200].
"""

import torch
from torch import nn
from torch.nn import functional as F

ROWS, COLUMNS, EMBEDDING = 9, 16, 384
#: The trunk's channels, and what a cell holds: their means, then their maxima.
TRUNK, CHANNELS = 600, 1200
CELL_ROWS, CELL_COLUMNS, CELLS = 4, 8, 32


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
        q, k, v = self.qkv(self.norm1(x)).view(b, s, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4).flatten(1, 2)
        # Written out: for 32 cells PyTorch's fused attention takes five times as long on the way back.
        mixed = F.softmax(q @ k.transpose(1, 2) * (d // self.heads) ** -0.5, -1) @ v
        x = x + self.out(mixed.view(b, self.heads, s, -1).transpose(1, 2).reshape(b, s, d))
        return x + self.down(F.gelu(self.up(self.norm2(x))))


class Branch(nn.Module):
    def __init__(self, size=256, heads=8, layers=1, inner=640, dropout=0.3):
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

    def cells(self, x):
        """Cells of the trunk's grid [n, 32, 1200] -> [n, 32, size]."""
        return self.attended(self.input((x - self.mean) * self.scale))

    def attended(self, x):
        x = self.dropout(x) + self.place
        for block in self.blocks:
            x = block(x)
        return self.norm(x)

    def pooled(self, cells):
        """Attention pooling: [n, 32, size] -> [n, size], one learnt query per attention head."""
        n, s, d = cells.shape
        k = self.key(cells).view(n, s, self.heads, d // self.heads)
        v = self.value(cells).view(n, s, self.heads, d // self.heads)
        weight = F.softmax((k * self.query).sum(-1) * (d // self.heads) ** -0.5, 1)
        return self.dropout((weight[..., None] * v).sum(1).reshape(n, d))

    def forward(self, x):
        """[n, 32, 1200] -> unit vectors [n, 384]."""
        return F.normalize(self.project(self.pooled(self.cells(x))), dim=-1)


class Head(nn.Module):
    """Branches whose embeddings are averaged."""

    def __init__(self, branches):
        super().__init__()
        self.branches = nn.ModuleList(branches)

    def pooled(self, x):
        """[n, 32, 1200] -> what the first branch pools [n, size], which the decoder reads, and the embedding [n, 384]."""
        pooled = [branch.pooled(branch.cells(x)) for branch in self.branches]
        each = [F.normalize(branch.project(p), dim=-1) for branch, p in zip(self.branches, pooled)]
        return pooled[0], F.normalize(sum(each), dim=-1)

    def forward(self, x):
        return self.pooled(x)[1]


def shape_of(branch):
    """What a branch is built with."""
    return {"size": branch.norm.weight.shape[0], "heads": branch.heads, "layers": len(branch.blocks), "inner": branch.blocks[0].up.out_features}


def save(head, path):
    torch.save({"shapes": [shape_of(b) for b in head.branches], "model": head.state_dict()}, path)


def load(path):
    state = torch.load(path)
    head = Head([Branch(**shape) for shape in state["shapes"]])
    head.load_state_dict(state["model"])
    return head.eval()
