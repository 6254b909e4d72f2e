"""The head on the frozen trunk: two frames' features -> one embedding in the text space, and visual tokens.

The converted graph pools the trunk's grid itself (AveragePool 3 x 2, stride 2 x 2, mean over the two frames);
training starts from the pooled cells [n, 32, 600].
"""

import torch
from torch import nn
from torch.nn import functional as F

CELLS, CHANNELS, EMBEDDING = 32, 600, 384


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


class Head(nn.Module):
    def __init__(self, size=192, heads=6, layers=1, inner=448):
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
        self.dropout = nn.Dropout(0.15)

    def cells(self, x):
        """Pooled cells [n, 32, 600] -> [n, 32, size]."""
        x = self.dropout(self.input((x - self.mean) * self.scale)) + self.place
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
        """[n, 32, 600] -> unit vectors [n, 384]."""
        return F.normalize(self.project(self.pooled(self.cells(x))), dim=-1)
