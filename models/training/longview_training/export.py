"""Writes the three checkpoints as safetensors for the converter (build/builtin-bundle.ts).

    python -m longview_training.export

work/export/{head,text,decoder}/model.safetensors and config.json, work/export/tokenizer.json.
"""

import json
import shutil

import torch
from safetensors.torch import save_file

from . import trunk
from .head import COLUMNS, EMBEDDING, ROWS, shape_of, views
from .hope import GAMMAS, SECTIONS, THETA
from .patches import load_head
from .paths import WORK
from .text_tower import EMBEDDING as TEXT_EMBEDDING
from .text_tower import MAX_TOKENS, TextTower
from .train_decoder import GRID, STAGES, Reader

FOLDER = WORK / "export"


def export_text():
    tower = TextTower(8192)
    tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
    tower.qwen.save(FOLDER / "text", {"projection.weight": tower.projection.weight}, {"embedding_size": TEXT_EMBEDDING, "max_tokens": MAX_TOKENS})


def load_reader():
    state = torch.load(WORK / "decoder.pt")
    reader = Reader(8192, state["mean"].shape[-1])
    reader.load_state_dict(state["model"])
    return reader.eval(), state


def export_decoder():
    reader, state = load_reader()
    (shots, extra) = STAGES[state["trained"]]
    patches = shots[1] + extra[1]
    reader.qwen.save(FOLDER / "decoder", config={
        "sections": list(SECTIONS), "rope_theta": THETA, "trained_gammas": list(GAMMAS), "trained_patches": patches, "grid": list(GRID)})


def export_head():
    """Head tensors; the normalisation of what visual tokens are made from is folded into their first layer."""
    head = load_head()
    reader, state = load_reader()
    tensors = {k: v for k, v in head.state_dict().items()}
    mean, std = state["mean"], state["std"]
    factor = torch.ones_like(mean[0])
    factor[-EMBEDDING:] = 5.0  # patches.look multiplies the embedding by 5
    for layer in ("up", "skip"):
        bias = getattr(reader, f"visual_{layer}").bias
        for part, name in enumerate((f"whole_{layer}", f"visual_{layer}")):
            weight = getattr(reader, name).weight / std[part]
            tensors[f"{name}.weight"], bias = weight * factor, bias - weight @ mean[part]
        tensors[f"visual_{layer}.bias"] = bias
    tensors["visual_place"] = reader.visual_place
    tensors["views"] = views().clamp(min=1e-9).log()
    tensors["visual_down.weight"], tensors["visual_down.bias"] = reader.visual_down.weight, reader.visual_down.bias
    (FOLDER / "head").mkdir(parents=True, exist_ok=True)
    save_file({k: v.detach().float().contiguous() for k, v in tensors.items()}, FOLDER / "head/model.safetensors")
    keys = ("inputs", "inner", "kernel", "stride", "outputs", "squeeze", "activation")
    blocks = lambda rows: [dict(zip(keys, row)) for row in rows]
    config = {"channels": trunk.LOWER[-1][4], "rows": ROWS, "columns": COLUMNS,
              "trunk": {"middle": blocks(trunk.MIDDLE), "upper": blocks(trunk.UPPER), "last": trunk.LAST[1]},
              "branches": [{"size": s["size"], "heads": s["heads"], "inner": s["inner"], "blocks": s["layers"]} for s in map(shape_of, head.branches)],
              "embeddingSize": EMBEDDING, "tokens": GRID[0] * GRID[1], "visualSize": reader.visual_up.out_features, "hiddenSize": reader.visual_down.out_features}
    (FOLDER / "head/config.json").write_text(json.dumps(config, indent=1))


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    export_text(), export_decoder(), export_head()
    shutil.copy(WORK / "tokenizer.json", FOLDER / "tokenizer.json")
