"""A small Qwen2-type transformer with the tensor names of Hugging Face's Qwen2, so that one converter reads all.

RMSNorm, rotary attention with grouped keys and values and q/k/v bias, SwiGLU; positions come in as cos and sin tables.
"""

import json
from dataclasses import asdict, dataclass

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


@dataclass
class QwenConfig:
    vocab_size: int
    hidden_size: int
    intermediate_size: int
    num_hidden_layers: int
    num_attention_heads: int
    num_key_value_heads: int
    head_dim: int = 32
    rms_norm_eps: float = 1e-6
    rope_theta: float = 10000.0
    tie_word_embeddings: bool = True


class RMSNorm(nn.Module):
    def __init__(self, size, eps):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.eps = eps

    def forward(self, x):
        return F.rms_norm(x, (x.shape[-1],), self.weight, self.eps)


def rotate(x, cos, sin):
    """Rotate-half: x [b, heads, s, d]; cos, sin [b or 1, 1, s, d]."""
    half = x.shape[-1] // 2
    return x * cos + torch.cat((-x[..., half:], x[..., :half]), -1) * sin


class Attention(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.heads, self.kv_heads, self.d = c.num_attention_heads, c.num_key_value_heads, c.head_dim
        self.q_proj = nn.Linear(c.hidden_size, self.heads * self.d)
        self.k_proj = nn.Linear(c.hidden_size, self.kv_heads * self.d)
        self.v_proj = nn.Linear(c.hidden_size, self.kv_heads * self.d)
        self.o_proj = nn.Linear(self.heads * self.d, c.hidden_size, bias=False)

    def forward(self, x, cos, sin, mask):
        b, s, _ = x.shape
        split = lambda y, n: y.view(b, s, n, self.d).transpose(1, 2)
        q = rotate(split(self.q_proj(x), self.heads), cos, sin)
        k = rotate(split(self.k_proj(x), self.kv_heads), cos, sin)
        v = split(self.v_proj(x), self.kv_heads)
        if self.kv_heads != self.heads:
            k, v = (y.repeat_interleave(self.heads // self.kv_heads, 1) for y in (k, v))
        if x.is_cuda and mask is not None:
            out = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
            return self.o_proj(out.transpose(1, 2).reshape(b, s, -1))
        # Written out: on a CPU, PyTorch's fused attention takes longer on the way back.
        if mask is None:
            mask = torch.ones(s, s, dtype=torch.bool).tril()
        scores = (q @ k.transpose(-1, -2)) * self.d**-0.5
        out = F.softmax(scores.masked_fill(~mask, -1e4), -1).to(v.dtype) @ v
        return self.o_proj(out.transpose(1, 2).reshape(b, s, -1))


class MLP(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.gate_proj = nn.Linear(c.hidden_size, c.intermediate_size, bias=False)
        self.up_proj = nn.Linear(c.hidden_size, c.intermediate_size, bias=False)
        self.down_proj = nn.Linear(c.intermediate_size, c.hidden_size, bias=False)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, c):
        super().__init__()
        self.input_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps)
        self.self_attn = Attention(c)
        self.post_attention_layernorm = RMSNorm(c.hidden_size, c.rms_norm_eps)
        self.mlp = MLP(c)

    def forward(self, x, cos, sin, mask):
        x = x + self.self_attn(self.input_layernorm(x), cos, sin, mask)
        return x + self.mlp(self.post_attention_layernorm(x))


class Qwen(nn.Module):
    """Token or visual embeddings [b, s, hidden] in, normalised hidden states [b, s, hidden] out."""

    def __init__(self, config):
        super().__init__()
        self.config = config
        self.embed_tokens = nn.Embedding(config.vocab_size, config.hidden_size)
        self.layers = nn.ModuleList(Layer(config) for _ in range(config.num_hidden_layers))
        self.norm = RMSNorm(config.hidden_size, config.rms_norm_eps)
        for name, p in self.named_parameters():
            if p.dim() == 2:
                nn.init.normal_(p, std=0.02 if "embed" in name else p.shape[1] ** -0.5 * (0.5 if "o_proj" in name or "down" in name else 1))

    def forward(self, x, cos, sin, mask=None):
        """mask: bool [b, 1, s, s], True where attended; None is causal."""
        for layer in self.layers:
            x = layer(x, cos, sin, mask)
        return self.norm(x)

    def logits(self, x):
        return F.linear(x, self.embed_tokens.weight)

    def save(self, folder, extra=None, config=None):
        """Writes model.safetensors (Hugging Face names, float32) and config.json."""
        folder.mkdir(parents=True, exist_ok=True)
        tensors = {f"model.{k}": v.detach().contiguous() for k, v in self.state_dict().items()}
        tensors.update({k: v.detach().contiguous() for k, v in (extra or {}).items()})
        save_file(tensors, folder / "model.safetensors")
        (folder / "config.json").write_text(json.dumps({"model_type": "qwen2", **asdict(self.config), **(config or {})}, indent=1))


def plain_tables(length, head_dim, theta):
    """Rotary tables of a plain row of tokens: cos, sin [1, 1, length, head_dim]."""
    frequencies = theta ** (-torch.arange(0, head_dim, 2, dtype=torch.float64) / head_dim)
    angles = torch.arange(length, dtype=torch.float64)[:, None] * frequencies
    angles = torch.cat((angles, angles), -1)
    return angles.cos().float()[None, None], angles.sin().float()[None, None]
