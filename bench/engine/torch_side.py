"""The other side of `bench engine`: the same work in PyTorch, eager, with transformers' own modules.

Started by torch-side.ts. Reads one JSON command a line, answers each with one JSON line.
"""

import json
import sys
import time

import torch
from safetensors.torch import load_file
from transformers import DynamicCache
from transformers.models.qwen2_vl.configuration_qwen2_vl import Qwen2VLConfig
from transformers.models.qwen2_vl.modeling_qwen2_vl import (
    Qwen2VisionTransformerPretrainedModel,
    Qwen2VLTextModel,
)


def wave(*shape):
    """The same made-up numbers as the other side's."""
    count = torch.Size(shape).numel()
    return torch.sin(torch.arange(count, dtype=torch.float64) * 0.7).float().view(shape)


class Side:
    def __init__(self, folder, dtype, attention):
        with open(f"{folder}/config.json") as file:
            raw = json.load(file)
        vision = raw.pop("vision_config")
        config = Qwen2VLConfig(text_config=raw, vision_config=vision)
        with open(f"{folder}/model.safetensors.index.json") as file:
            files = sorted(set(json.load(file)["weight_map"].values()))
        weights = {}
        for file in files:
            weights.update(load_file(f"{folder}/{file}"))
        self.dtype = dtype
        for part in (config.text_config, config.vision_config):
            part._attn_implementation = attention
        self.text = self.load(Qwen2VLTextModel(config.text_config), weights, "model.")
        self.vision = self.load(Qwen2VisionTransformerPretrainedModel(config.vision_config), weights, "visual.")
        self.hidden = config.text_config.hidden_size

    def load(self, module, weights, prefix):
        own = {name[len(prefix):]: value for name, value in weights.items() if name.startswith(prefix)}
        module.load_state_dict(own, strict=True)
        return module.to(self.dtype).eval()

    def run(self, embeddings, cache):
        past = cache.get_seq_length()
        tokens = embeddings.shape[1]
        positions = torch.arange(past, past + tokens).view(1, 1, -1).expand(3, 1, -1)
        output = self.text(
            inputs_embeds=embeddings, position_ids=positions, past_key_values=cache, use_cache=True
        ).last_hidden_state[:, -1]
        return torch.nn.functional.linear(output, self.text.embed_tokens.weight)

    def prefill(self, tokens, **_):
        embeddings = wave(1, tokens, self.hidden).to(self.dtype)
        cache = DynamicCache()
        start = time.perf_counter()
        logits = self.run(embeddings, cache)
        seconds = time.perf_counter() - start
        self.cache = cache
        return seconds, logits

    def decode(self, steps, **_):
        embedding = wave(1, 1, self.hidden).to(self.dtype)
        start = time.perf_counter()
        for _ in range(steps):
            logits = self.run(embedding, self.cache)
        return time.perf_counter() - start, logits

    def encode(self, grid, **_):
        pixels = wave(grid[0] * grid[1] * grid[2], 1176).to(self.dtype)
        start = time.perf_counter()
        features = self.vision(pixels, grid_thw=torch.tensor([grid])).pooler_output
        return time.perf_counter() - start, features


def peak(rounds, **_):
    """GFLOP/s of a large fp32 product, and GB/s of reading a large array (best of several)."""
    a, b = wave(1536, 1536), wave(1536, 8960)
    rows = wave(32 * 1024, 8192)
    flops = reads = 0
    for _ in range(rounds):
        start = time.perf_counter()
        a @ b
        flops = max(flops, 2 * 1536 * 1536 * 8960 / (time.perf_counter() - start))
        start = time.perf_counter()
        rows.sum()
        reads = max(reads, rows.numel() * 4 / (time.perf_counter() - start))
    return {"gflops": flops / 1e9, "gbytes": reads / 1e9}


def main():
    folder, threads, attention = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    torch.set_num_threads(threads)
    dtypes = {"fp32": torch.float32, "bf16": torch.bfloat16}
    sides = {name: Side(folder, dtype, attention) for name, dtype in dtypes.items()}
    print(json.dumps({"torch": torch.__version__}), flush=True)
    with torch.inference_mode():
        for line in sys.stdin:
            command = json.loads(line)
            if command["work"] == "peak":
                answer = peak(**command)
            else:
                seconds, output = getattr(sides[command["dtype"]], command["work"])(**command)
                sample = output.flatten()[:64].tolist()
                answer = {"seconds": seconds, "sample": sample}
            print(json.dumps(answer), flush=True)


main()
