"""Compares a bundle's ONNX graphs with the PyTorch checkpoints they were made from.

    python -m longview_training.check_graphs [bundle folder = models/builtin]

Prints, per graph, the largest difference, and for embeddings the smallest cosine; a fp32 bundle must agree to 1e-3.
"""

import os
import sys
from pathlib import Path

os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # before the runtime is loaded

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file
from torch.nn import functional as F

from .export import FOLDER, load_reader
from .hope import tables, text_positions
from .patches import load_head, look
from .paths import BUNDLE, WORK
from .qwen import plain_tables
from .text_tower import TextTower
from .tokenizer import load
from .features import Split


def session(path):
    return onnxruntime.InferenceSession(str(path))


def report(name, ours, theirs):
    difference = np.abs(ours - theirs).max()
    cosine = ((ours * theirs).sum(-1) / np.linalg.norm(ours, axis=-1) / np.linalg.norm(theirs, axis=-1)).min()
    print(f"{name}: largest difference {difference:.2e} (values up to {np.abs(theirs).max():.2f}), smallest cosine {cosine:.5f}")


@torch.no_grad()
def check_head(folder):
    middle = next(Split("test").patches(8))
    features = middle.numpy()
    tokens, embedding = session(folder / "head.onnx").run(["tokens", "embedding"], {"features": features})
    tensors = load_file(FOLDER / "head/model.safetensors")
    head = load_head()
    seen = look(head, head.cells(middle))
    seen[..., -384:] = F.normalize(seen[..., -384:], dim=-1)
    report("head, embedding", embedding, seen[:, 0, -384:].numpy())
    layer = lambda name, x: F.linear(x, tensors[f"{name}.weight"], tensors.get(f"{name}.bias"))
    of_both = lambda name: layer(f"visual_{name}", seen[:, 1:]) + layer(f"whole_{name}", seen[:, :1])
    report("head, tokens", tokens, (of_both("skip") + layer("visual_down", F.gelu(of_both("up"))) + tensors["visual_place"]).numpy())


@torch.no_grad()
def check_text(folder):
    tower = TextTower(8192)
    tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
    tower.eval()
    graph, ours, theirs = session(folder / "text.onnx"), [], []
    for text in ["a dog", "a photo of a grand piano", "two people riding bicycles in the park at night", "zebra"]:
        ids = load().encode(text).ids
        cos, sin = plain_tables(len(ids), 32, 10000.0)
        feeds = {"input_ids": np.array([ids]), "cos": cos[0, 0].numpy(), "sin": sin[0, 0].numpy()}
        ours.append(graph.run(["embedding"], feeds)[0][0])
        theirs.append(tower(torch.tensor([ids]), torch.tensor([len(ids) - 1]))[0].numpy())
    report("text", np.stack(ours), np.stack(theirs))


@torch.no_grad()
def check_decoder(folder):
    reader, _ = load_reader()
    c = reader.qwen.config
    ids = torch.tensor([load().encode("<|user|><|vision_start|><|vision_end|>is there a dog?<|answer|> yes").ids])
    cos, sin = tables(text_positions(torch.arange(ids.shape[1])[None].double()))
    embeds = session(folder / "embed.onnx").run(None, {"input_ids": ids.numpy()})[0]
    past = np.zeros((1, c.num_key_value_heads, 0, c.head_dim), np.float32)
    feeds = {"inputs_embeds": embeds, "cos": cos[0, 0].numpy(), "sin": sin[0, 0].numpy(), "last": np.array([ids.shape[1]])}
    feeds |= {f"past.{n}.{part}": past for n in range(c.num_hidden_layers) for part in ("key", "value")}
    logits = session(folder / "decoder.onnx").run(["logits"], feeds)[0]
    report("decoder", logits[0], reader.qwen.logits(reader.qwen(reader.qwen.embed_tokens(ids), cos, sin))[0].numpy())


if __name__ == "__main__":
    bundle = Path(sys.argv[1]) if len(sys.argv) > 1 else BUNDLE
    check_head(bundle), check_text(bundle), check_decoder(bundle)
