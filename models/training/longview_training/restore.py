"""Checkpoints again from the bundle that ships, so that training can go on from it where the originals are gone.

    python -m longview_training.restore

Reads models/builtin/{text,embed,decoder,head}.onnx (8-bit matrices are multiplied out) and writes work/text.pt, work/decoder.pt
and work/head.pt as the training scripts do, without their optimisers' states and training-only helpers.
"""

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from .head import EMBEDDING, Branch, Head, save
from .paths import BUNDLE, WORK
from .text_tower import TextTower
from .train_decoder import STAGES, Reader

VOCABULARY = 8192
#: Tensors of the head's graph that make visual tokens.
PROJECTION = ("visual_", "whole_")


def weights(name):
    """{tensor name: float32} of a graph of the bundle; matrices in blocks of 8 bits as [rows, columns]."""
    graph = onnx.load(str(BUNDLE / f"{name}.onnx")).graph
    stored = {t.name: numpy_helper.to_array(t) for t in graph.initializer}
    out = {}
    for node in graph.node:
        if node.op_type == "MatMulNBits":
            sizes = {a.name: a.i for a in node.attribute}
            codes, scales = stored[node.input[1]], stored[node.input[2]].reshape(sizes["N"], -1, 1)
            whole = ((codes.astype(np.float32) - 128) * scales).reshape(sizes["N"], -1)[:, : sizes["K"]]
            out[node.input[1].removesuffix(".q8")] = torch.from_numpy(whole.copy())
    for key, value in stored.items():
        if not key.endswith((".q8", ".scales")) and not key.startswith("const_"):
            out[key] = torch.from_numpy(np.array(value, np.float32))
    return out


def unfused(tensors, config):
    """Splits the joined query, key and value, and gate and up, into Hugging Face's tensors, without the "model." before."""
    q, kv = config.num_attention_heads * config.head_dim, config.num_key_value_heads * config.head_dim
    out = {}
    for key, value in tensors.items():
        key = key.removeprefix("model.")
        if "q_proj" in key and len(value) == q + 2 * kv:
            for name, part in zip("qkv", value.split([q, kv, kv])):
                out[key.replace("q_proj", f"{name}_proj")] = part
        elif "gate_proj" in key and len(value) == 2 * config.intermediate_size:
            out[key], out[key.replace("gate_proj", "up_proj")] = value.chunk(2)
        else:
            out[key] = value
    return out


def restore_text():
    tower = TextTower(VOCABULARY)
    tensors = weights("text")
    projection = next(v for k, v in tensors.items() if "projection" in k)
    state = {f"qwen.{k}": v for k, v in unfused({k: v for k, v in tensors.items() if "projection" not in k}, tower.qwen.config).items()}
    tower.load_state_dict(state | {"projection.weight": projection})
    torch.save({"model": tower.state_dict()}, WORK / "text.pt")


def restore_reader():
    """The decoder, and the visual projection that head.onnx carries, as for features that are not standardised."""
    head = weights("head")
    features = head["visual_up.weight"].shape[1]
    reader = Reader(VOCABULARY, features)
    tensors = weights("embed") | {k: v for k, v in weights("decoder").items() if "embed_tokens" not in k and "lm_head" not in k}
    state = {f"qwen.{k}": v for k, v in unfused(tensors, reader.qwen.config).items()}
    state |= {k: v.clone() for k, v in head.items() if k.startswith(PROJECTION)}
    for name in ("visual_up.weight", "visual_skip.weight", "whole_up.weight", "whole_skip.weight"):
        state[name][:, -EMBEDDING:] /= 5  # patches.look multiplies the embedding by 5
    missing, unexpected = reader.load_state_dict(state, strict=False)
    assert not unexpected and all(k.startswith("helpers") for k in missing), (missing, unexpected)
    stage = len(STAGES) - 1
    torch.save({"model": reader.state_dict(), "step": 0, "stage": stage, "trained": stage, "mean": torch.zeros(2, features), "std": torch.ones(2, features)}, WORK / "decoder.pt")


def restore_head():
    state = {k: v for k, v in weights("head").items() if not k.startswith((*PROJECTION, "views"))}
    branches = []
    for k in range(1 + max(int(key.split(".")[1]) for key in state if key.startswith("branches."))):
        own = lambda name: state[f"branches.{k}.{name}"]
        layers = 1 + max(int(key.split(".")[3]) for key in state if key.startswith(f"branches.{k}.blocks."))
        branches.append(Branch(len(own("norm.weight")), len(own("query")), layers, len(own("blocks.0.up.bias"))))
    head = Head(branches)
    head.load_state_dict(state)
    save(head, WORK / "head.pt")


if __name__ == "__main__":
    restore_text(), restore_reader(), restore_head()
