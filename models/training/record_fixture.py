"""Records what PyTorch computes with a Qwen2-VL checkpoint, so that anyone can prove a conversion of it exact.

    python models/training/record_fixture.py CHECKPOINT FIXTURE [--variant m-rope] [--variant hope --gamma 0.75]
    longview models verify BUNDLE FIXTURE

Writes FIXTURE/cases.json and FIXTURE/fixture.safetensors in the format of tests/fixtures/hope. The model is
transformers' own, in float32 on the CPU with plain attention; only its rotary tables are replaced, by tables that
this file computes for each position variant. With --prompts FOLDER the prompts and cases of another fixture are run
again instead of new ones, which compares two versions of PyTorch and transformers (or checks this file).

Needs the packages of models/training/requirements.txt. A 2B checkpoint takes about 12 GB of memory.
"""

import argparse
import json
import pathlib

import numpy
import torch
from PIL import Image
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer
from transformers import Qwen2VLForConditionalGeneration

VARIANTS = ("rope", "tad-rope", "m-rope", "videorope", "hope")
GENERATED = 12
SEED = 20_505


def segments(ids, visuals, pads, merge):
    """Token ids -> [("text", n) | ("visual", t, h, w)] with grids after merging."""
    found, text, visual, i = [], 0, iter(visuals), 0
    while i < len(ids):
        if ids[i] not in pads:
            text += 1
            i += 1
            continue
        if text:
            found.append(("text", text))
            text = 0
        _, t, h, w = next(visual)
        found.append(("visual", t, h // merge, w // merge))
        i += t * (h // merge) * (w // merge)
    return found + ([("text", text)] if text else [])


def positions(layout, variant, gamma):
    """Position ids float64 [3, tokens] of a prompt, the id at which generation goes on, and its step."""
    if variant == "tad-rope":
        running, after, _ = positions(layout, "rope", gamma)
        rows, start = [], 0
        for kind, *size in layout:
            if kind == "text":
                rows.append(start + numpy.arange(size[0]))
                start += size[0]
            else:
                t, h, w = size
                rows.append(start + numpy.repeat(numpy.arange(t), h * w))
                start += t
        return running + numpy.concatenate(rows), after + start, 2
    rows, start = [], 0.0
    for kind, *size in layout:
        if kind == "text" or variant == "rope":
            count = int(numpy.prod(size))
            rows.append(numpy.tile(start + numpy.arange(count), (3, 1)))
            start += count
            continue
        t, h, w = (grid.ravel().astype(numpy.float64) for grid in numpy.indices(size))
        if variant == "m-rope":
            ids = numpy.stack((t, h, w)) + start
            start = ids.max() + 1
        else:
            when = (gamma if variant == "hope" else 2) * t + start
            ids = numpy.stack((when, when + h - (size[1] - 1) // 2, when + w - (size[2] - 1) // 2))
            start = when.max() + 1
        rows.append(ids)
    return numpy.concatenate(rows, axis=1), start, 1


def tables(ids, variant, head_dim, sections, theta):
    """Position ids [3, tokens] -> cos, sin float32 [1, tokens, head_dim]."""
    pairs = head_dim // 2
    frequencies = theta ** (-2 * numpy.arange(pairs, dtype=numpy.float64) / head_dim)
    if variant in ("videorope", "hope"):
        spatial = pairs - sections[0]
        axes = [1 + pair % 2 if pair < spatial else 0 for pair in range(pairs)]
        if variant == "hope":
            frequencies[spatial:] = 0
    else:
        axes = [axis for axis, count in enumerate(sections) for _ in range(count)]
    angles = ids[axes].T * frequencies
    angles = torch.from_numpy(numpy.concatenate((angles, angles), axis=1))[None]
    return angles.cos().float(), angles.sin().float()


class GivenTables(torch.nn.Module):
    """Stands in for the model's rotary embedding: hands out the tables that were put into it."""

    current = None

    def forward(self, hidden, position_ids):
        return self.current


def resized(height, width, factor, least, most):
    """The size that Qwen2-VL's processor gives a picture: multiples of `factor` within the pixel limits."""
    h, w = (max(factor, round(side / factor) * factor) for side in (height, width))
    if h * w > most:
        shrink = (height * width / most) ** 0.5
        h, w = (max(factor, int(side / shrink // factor) * factor) for side in (height, width))
    elif h * w < least:
        grow = (least / (height * width)) ** 0.5
        h, w = (int(-(-side * grow // factor)) * factor for side in (height, width))
    return h, w


def patchify(frames, settings):
    """Frames uint8 [n, height, width, 3] -> pixels float32 [patches, values] and the grid (t, h, w)."""
    patch, merge, pair = (settings[name] for name in ("patch_size", "merge_size", "temporal_patch_size"))
    height, width = resized(*frames.shape[1:3], patch * merge, settings["min_pixels"], settings["max_pixels"])
    pictures = [Image.fromarray(frame).resize((width, height), Image.Resampling.BICUBIC) for frame in frames]
    values = numpy.stack([numpy.asarray(picture) for picture in pictures]).astype(numpy.float32) / 255
    values = (values - numpy.float32(settings["image_mean"])) / numpy.float32(settings["image_std"])
    if len(values) % pair:
        values = numpy.concatenate((values, numpy.repeat(values[-1:], pair - len(values) % pair, axis=0)))
    t, h, w = len(values) // pair, height // patch, width // patch
    values = values.reshape(t, pair, h // merge, merge, patch, w // merge, merge, patch, 3)
    values = values.transpose(0, 2, 5, 3, 6, 8, 1, 4, 7)
    return numpy.ascontiguousarray(values.reshape(t * h * w, -1)), (t, h, w)


def new_prompts(tokenizer, config, settings):
    """Prompts of random frames and a few words: name -> (input ids, frames, visuals)."""
    random = numpy.random.default_rng(SEED)
    wanted = {
        "text": [],
        "image": [("image", 1, 84, 84)],
        "video": [("video", 6, 56, 84)],
        "two-videos": [("video", 4, 56, 56), ("video", 2, 84, 56)],
    }
    start, end = config.vision_start_token_id, config.vision_end_token_id
    pad = {"image": config.image_token_id, "video": config.video_token_id}
    words = lambda text: tokenizer.encode(text, add_special_tokens=False).ids
    prompts = {}
    for name, visuals in wanted.items():
        ids = words("<|im_start|>user\n")
        frames, found = [], []
        for kind, count, height, width in visuals:
            frames.append(random.integers(0, 256, (count, height, width, 3), dtype=numpy.uint8))
            _, (t, h, w) = patchify(frames[-1], settings)
            found.append((kind, t, h, w))
            tokens = t * h * w // settings["merge_size"] ** 2
            ids += [start] + [pad[kind]] * tokens + [end]
        ids += words("What is shown, and when?<|im_end|>\n<|im_start|>assistant\n")
        prompts[name] = (ids, frames, found)
    return prompts


def recorded_prompts(folder):
    """Prompts and cases of another fixture."""
    cases = json.loads((folder / "cases.json").read_text())
    tensors = load_file(folder / "fixture.safetensors")
    prompts = {}
    for case in cases:
        name = case["prompt"]
        frames = [tensors[f"{name}.frames{i}"] for i in range(len(case["visuals"]))]
        prompts[name] = (tensors[f"{name}.input_ids"].tolist(), frames, [tuple(v) for v in case["visuals"]])
    return prompts, cases


def new_cases(prompts, variants, gammas):
    cases = []
    for variant in variants:
        for gamma in gammas if variant == "hope" else [1.0]:
            for name, (ids, _, visuals) in prompts.items():
                suffix = f".{gamma}" if variant == "hope" else ""
                cases.append({"name": f"{name}.{variant}{suffix}", "prompt": name, "variant": variant,
                              "gamma": gamma, "visuals": visuals, "tokens": len(ids)})
    return cases


class Recorder:
    def __init__(self, checkpoint):
        self.settings = image_settings(checkpoint)
        self.model = Qwen2VLForConditionalGeneration.from_pretrained(
            checkpoint, dtype=torch.float32, attn_implementation="eager").eval()
        self.config = self.model.config
        self.language = self.model.model.language_model
        self.language.rotary_emb = GivenTables()

    def see(self, frames):
        """Frames -> pixels, visual tokens."""
        pixels, grid = patchify(frames, self.settings)
        vision = self.model.model.visual(torch.from_numpy(pixels), grid_thw=torch.tensor([grid]))
        return pixels, getattr(vision, "pooler_output", vision)

    def embed(self, ids, vision):
        """Token ids, with visual tokens in the place of pads."""
        ids = torch.tensor(ids)
        embeds = self.language.embed_tokens(ids)
        pads = (ids == self.config.image_token_id) | (ids == self.config.video_token_id)
        if vision is not None:
            embeds[pads] = vision
        return embeds[None]

    def read(self, embeds, ids, variant, cache=None):
        """Logits of the tokens at position ids [3, tokens], and the cache."""
        text = self.config.get_text_config()
        rope = text.rope_parameters
        head_dim = text.hidden_size // text.num_attention_heads
        self.language.rotary_emb.current = tables(
            ids, variant, head_dim, rope["mrope_section"], rope["rope_theta"])
        past = cache.get_seq_length() if cache is not None else 0
        places = torch.arange(past, past + ids.shape[1]).expand(3, 1, -1)
        out = self.language(inputs_embeds=embeds, position_ids=places, past_key_values=cache, use_cache=True)
        return self.model.lm_head(out.last_hidden_state)[0], out.past_key_values

    def run(self, case, ids, vision):
        """Positions, logits and the greedy continuation of one case."""
        pads = (self.config.image_token_id, self.config.video_token_id)
        layout = segments(ids, case["visuals"], pads, self.settings["merge_size"])
        places, after, step = positions(layout, case["variant"], case["gamma"])
        logits, cache = self.read(self.embed(ids, vision), places, case["variant"])
        generated = [int(logits[-1].argmax())]
        while len(generated) < GENERATED:
            place = numpy.full((3, 1), after + step * (len(generated) - 1))
            next_logits, cache = self.read(self.embed(generated[-1:], None), place, case["variant"], cache)
            generated.append(int(next_logits[-1].argmax()))
        return places, logits, generated


def image_settings(checkpoint):
    """preprocessor_config.json with the defaults of Qwen2-VL's processor."""
    path = checkpoint / "preprocessor_config.json"
    given = json.loads(path.read_text()) if path.exists() else json.loads(
        (checkpoint / "processor_config.json").read_text())["image_processor"]
    size = given.get("size") or {}
    defaults = {
        "patch_size": 14, "merge_size": 2, "temporal_patch_size": 2,
        "min_pixels": size.get("shortest_edge") or 56 * 56,
        "max_pixels": size.get("longest_edge") or 28 * 28 * 1280,
        "image_mean": [0.48145466, 0.4578275, 0.40821073],
        "image_std": [0.26862954, 0.26130258, 0.27577711],
    }
    return {name: given.get(name) or value for name, value in defaults.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("checkpoint", type=pathlib.Path)
    parser.add_argument("fixture", type=pathlib.Path)
    parser.add_argument("--variant", action="append", choices=VARIANTS, help="default: all five")
    parser.add_argument("--gamma", action="append", type=float, help="for hope; default: 0.75 and 1.5")
    parser.add_argument("--prompts", type=pathlib.Path, help="a fixture whose prompts and cases are run again")
    given = parser.parse_args()
    recorder = Recorder(given.checkpoint)
    if given.prompts:
        prompts, cases = recorded_prompts(given.prompts)
    else:
        tokenizer = Tokenizer.from_file(str(given.checkpoint / "tokenizer.json"))
        prompts = new_prompts(tokenizer, recorder.config, recorder.settings)
        cases = new_cases(prompts, given.variant or VARIANTS, given.gamma or [0.75, 1.5])
    tensors, seen = {}, {}
    with torch.no_grad():
        for name, (ids, frames, visuals) in prompts.items():
            tensors[f"{name}.input_ids"] = numpy.int32(ids)
            tensors[f"{name}.grid_thw"] = numpy.int32([v[1:] for v in visuals]).reshape(-1, 3)
            looks = [recorder.see(one) for one in frames]
            seen[name] = torch.cat([vision for _, vision in looks]) if looks else None
            for index, one in enumerate(frames):
                tensors[f"{name}.frames{index}"] = one
            if looks:
                tensors[f"{name}.pixels"] = numpy.concatenate([pixels for pixels, _ in looks])
                tensors[f"{name}.vision"] = seen[name].numpy()
        for case in cases:
            places, logits, generated = recorder.run(case, prompts[case["prompt"]][0], seen[case["prompt"]])
            tensors[f"{case['name']}.positions"] = places.astype(numpy.float32)
            tensors[f"{case['name']}.logits"] = logits.numpy()
            tensors[f"{case['name']}.generated"] = numpy.int32(generated)
            print(case["name"], *generated)
    given.fixture.mkdir(parents=True, exist_ok=True)
    (given.fixture / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")
    save_file({name: numpy.ascontiguousarray(value) for name, value in tensors.items()},
              given.fixture / "fixture.safetensors")


if __name__ == "__main__":
    main()
