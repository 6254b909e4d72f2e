"""Records what PyTorch computes with a checkpoint, so that anyone can prove a conversion of it exact.

    python models/training/record_fixture.py CHECKPOINT FIXTURE [--variant m-rope] [--variant hope --gamma 0.75]
    longview models verify BUNDLE FIXTURE

Writes FIXTURE/cases.json and FIXTURE/fixture.safetensors in the format of tests/fixtures/hope. The model is
transformers' own, in float32 on the CPU with plain attention. Its family's own encoding is recorded as transformers
runs it, positions and all, from token ids and pixels to logits (Qwen2.5-VL, Qwen3-VL, and Qwen2-VL with --native); for every other encoding only
the rotary tables are replaced, by tables that fixture_encodings.py computes. With --prompts FOLDER the prompts and cases
of another fixture are run again instead of new ones, which compares two versions of PyTorch and transformers (or
checks this file).

Needs PyTorch and transformers: 4.50.0 for Qwen2-VL and Qwen2.5-VL, 4.57.1 for Qwen3-VL, which are the versions that the
models came out with (later ones lay out positions differently; docs/encodings.md). A 2B checkpoint takes about 12 GB.
"""

import argparse
import json
import pathlib

import numpy
import torch
import transformers
from fixture_encodings import SCALED, VARIANTS, positions, tables
from PIL import Image
from safetensors.numpy import load_file, save_file
from tokenizers import Tokenizer

CLASSES = {"qwen2_vl": "Qwen2VL", "qwen2_5_vl": "Qwen2_5_VL", "qwen3_vl": "Qwen3VL"}
NATIVE = {"qwen2_vl": "m-rope", "qwen2_5_vl": "m-rope-time", "qwen3_vl": "m-rope-interleaved"}
GENERATED = 12
SEED = 20_505


def segments(ids, visuals, pads, merge):
    """Token ids -> [("text", n) | ("visual", t, h, w)] with grids after merging, one for each run of pads."""
    found, i = [], 0
    waiting = [[kind, t, h // merge, w // merge] for kind, t, h, w in visuals]
    while i < len(ids):
        end = i + 1
        if ids[i] not in pads:
            while end < len(ids) and ids[end] not in pads:
                end += 1
            found.append(("text", end - i))
        else:
            while end < len(ids) and ids[end] == ids[i]:
                end += 1
            _, t, h, w = waiting[0]
            frames = (end - i) // (h * w)
            found.append(("visual", frames, h, w))
            waiting[0][1] -= frames
            if frames == t:
                waiting.pop(0)
        i = end
    return found


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


def new_prompts(tokenizer, config, settings, small):
    """Prompts of random frames and a few words: name -> (input ids, frames, visuals, seconds a patch)."""
    random = numpy.random.default_rng(SEED)
    cell = settings["patch_size"] * settings["merge_size"]
    wanted = {
        "text": [],
        "image": [("image", 1, 3 * cell, 3 * cell)],
        "video": [("video", 6, 2 * cell, 3 * cell)],
        "two-videos": [("video", 4, 2 * cell, 2 * cell), ("video", 2, 3 * cell, 2 * cell)],
    }
    if config.model_type != "qwen2_vl":
        wanted = {
            "image": [("image", 1, 3 * cell, 4 * cell)],
            "video": [("video", 4, 3 * cell, 3 * cell)],
            "image-and-videos": [("image", 1, cell, 2 * cell), ("video", 4, 2 * cell, cell), ("video", 2, cell, 3 * cell)],
        }
    if small:
        wanted = {"short": [("video", 4, cell, 2 * cell)]}
    question = "What is shown, and when?" if config.model_type == "qwen2_vl" and not small else "When?"
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
            tokens = h * w // settings["merge_size"] ** 2
            if config.model_type == "qwen3_vl" and kind == "video":
                for patch in range(t):
                    ids += words(f"<{patch + 0.25:.1f} seconds>") + [start] + [pad[kind]] * tokens + [end]
            else:
                ids += [start] + [pad[kind]] * (t * tokens) + [end]
        ids += words(f"{question}<|im_end|>\n<|im_start|>assistant\n")
        seconds = {"video": 0.75, "image-and-videos": [1.0, 0.25, 1.5]}.get(name, 1.0)
        prompts[name] = (ids, frames, found, seconds)
    return prompts


def recorded_prompts(folder):
    """Prompts and cases of another fixture."""
    cases = json.loads((folder / "cases.json").read_text())
    tensors = load_file(folder / "fixture.safetensors")
    prompts = {}
    for case in cases:
        name = case["prompt"]
        frames = [tensors[f"{name}.frames{i}"] for i in range(len(case["visuals"]))]
        visuals = [tuple(v) for v in case["visuals"]]
        prompts[name] = (tensors[f"{name}.input_ids"].tolist(), frames, visuals, case.get("secondsPerPatch", 1.0))
    return prompts, cases


def new_cases(prompts, variants, gammas, native, options):
    cases = []
    for variant in variants:
        for gamma in gammas if variant in SCALED else [1.0]:
            for name, (ids, _, visuals, seconds) in prompts.items():
                # Where gamma counts: the released one on all but the video, another one on that.
                if native in SCALED and (gamma != 1) != (name == "video"):
                    continue
                suffix = f".{gamma}" if variant in SCALED else ""
                case = {"name": f"{name}.{variant}{suffix}", "prompt": name, "variant": variant,
                        "gamma": gamma, "visuals": visuals, "tokens": len(ids)}
                cases.append(case | ({"secondsPerPatch": seconds} if variant == "m-rope-time" else {}) | options)
    return cases


class Recorder:
    def __init__(self, checkpoint, native):
        self.settings = image_settings(checkpoint)
        self.config = transformers.AutoConfig.from_pretrained(checkpoint)
        self.family = self.config.model_type
        self.native = NATIVE[self.family] if native or self.family != "qwen2_vl" else None
        kind = getattr(transformers, f"{CLASSES[self.family]}ForConditionalGeneration")
        self.model = kind.from_pretrained(checkpoint, torch_dtype=torch.float32, attn_implementation="eager").eval()
        inner = self.model.model
        self.language = getattr(inner, "language_model", inner)
        self.visual = inner.visual if hasattr(inner, "visual") else self.model.visual
        self.own_tables, self.given_tables = self.language.rotary_emb, GivenTables()
        self.text = self.config.get_text_config()
        self.head_dim = getattr(self.text, "head_dim", None) or self.text.hidden_size // self.text.num_attention_heads

    def see(self, frames):
        """Frames -> pixels, grid, visual tokens, DeepStack's features."""
        pixels, grid = patchify(frames, self.settings)
        vision = self.visual(torch.from_numpy(pixels), grid_thw=torch.tensor([grid]))
        if self.family == "qwen3_vl":
            return pixels, grid, vision[0], vision[1]
        return pixels, grid, getattr(vision, "pooler_output", vision), []

    def pads(self, ids):
        return (ids == self.config.image_token_id) | (ids == self.config.video_token_id)

    def embed(self, ids, vision):
        """Token ids, with visual tokens in the place of pads."""
        ids = torch.tensor(ids)
        embeds = self.language.embed_tokens(ids)
        if vision is not None:
            embeds[self.pads(ids)] = vision
        return embeds[None]

    def read(self, embeds, ids, case, cache=None, extra={}):
        """Logits of the tokens at position ids [3, tokens], and the cache."""
        rope = getattr(self.text, "rope_parameters", None) or self.text.rope_scaling
        theta = rope.get("rope_theta") or self.text.rope_theta
        cos, sin = (torch.from_numpy(table)[None]
                    for table in tables(ids, case, self.head_dim, rope["mrope_section"], theta))
        # Until transformers 5 each axis had its own table, from which attention took its sections.
        if self.family != "qwen3_vl" and transformers.__version__ < "5":
            cos, sin = cos.expand(3, -1, -1, -1), sin.expand(3, -1, -1, -1)
        self.language.rotary_emb, self.given_tables.current = self.given_tables, (cos, sin)
        past = cache.get_seq_length() if cache is not None else 0
        places = torch.arange(past, past + ids.shape[1]).expand(3, 1, -1)
        out = self.language(inputs_embeds=embeds, position_ids=places, past_key_values=cache, use_cache=True, **extra)
        self.language.rotary_emb = self.own_tables
        return self.model.lm_head(out.last_hidden_state)[0], out.past_key_values

    def run(self, case, prompt, looks):
        """Positions, logits and the greedy continuation of one case."""
        ids = prompt[0]
        if case["variant"] == self.native and case["gamma"] == 1:
            return self.run_native(case, prompt, looks)
        pads = (self.config.image_token_id, self.config.video_token_id)
        layout = segments(ids, case["visuals"], pads, self.settings["merge_size"])
        places, after, step = positions(layout, case)
        vision = torch.cat([look[2] for look in looks]) if looks else None
        extra = {}
        if looks and looks[0][3]:
            extra["visual_pos_masks"] = self.pads(torch.tensor([ids]))
            extra["deepstack_visual_embeds"] = [torch.cat(layer) for layer in zip(*(look[3] for look in looks))]
        logits, cache = self.read(self.embed(ids, vision), places, case, extra=extra)
        generated = [int(logits[-1].argmax())]
        while len(generated) < GENERATED:
            place = numpy.full((3, 1), after + step * (len(generated) - 1))
            next_logits, cache = self.read(self.embed(generated[-1:], None), place, case, cache)
            generated.append(int(next_logits[-1].argmax()))
        return places, logits, generated

    def run_native(self, case, prompt, looks):
        """The same, from token ids and pixels on by nothing but transformers, and without its cache."""
        ids, _, visuals, _ = prompt
        inputs, seconds = {}, case.get("secondsPerPatch", 1.0)
        for kind, pixels, grid in (("image", "pixel_values", "image_grid_thw"),
                                   ("video", "pixel_values_videos", "video_grid_thw")):
            some = [look for look, visual in zip(looks, visuals) if visual[0] == kind]
            if some:
                inputs[pixels] = torch.from_numpy(numpy.concatenate([look[0] for look in some]))
                inputs[grid] = torch.tensor([look[1] for look in some])
        grids = {name: inputs.get(name) for name in ("image_grid_thw", "video_grid_thw")}
        if self.family == "qwen2_5_vl" and "video_grid_thw" in inputs:
            each = seconds if isinstance(seconds, list) else [seconds] * len(visuals)
            own = [second for second, visual in zip(each, visuals) if visual[0] == "video"]
            inputs["second_per_grid_ts"] = grids["second_per_grid_ts"] = torch.tensor(own)
        index = getattr(self.model, "get_rope_index", None) or self.model.model.get_rope_index
        places, _ = index(torch.tensor([ids]), **grids)
        generated = []
        while len(generated) < GENERATED:
            longer = torch.tensor([ids + generated])
            if hasattr(self.model, "rope_deltas"):
                self.model.rope_deltas = None
            out = self.model(input_ids=longer, attention_mask=torch.ones_like(longer), use_cache=False, **inputs)
            logits = logits if generated else out.logits[0]
            generated.append(int(out.logits[0, -1].argmax()))
        return places[:, 0].numpy().astype(numpy.float64), logits, generated


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
    parser.add_argument("--variant", action="append", choices=VARIANTS, help="default: the family's own; of Qwen2-VL all")
    parser.add_argument("--gamma", action="append", type=float, help="where it counts; default: 0.75 and 1.5, of a family's own encoding 1 and 1.5")
    parser.add_argument("--option", action="append", default=[], help="of the encodings, as in taper=3")
    parser.add_argument("--native", action="store_true", help="m-rope as transformers runs it by itself")
    parser.add_argument("--short", action="store_true", help="one short prompt, for many variants in a small file")
    parser.add_argument("--prompts", type=pathlib.Path, help="a fixture whose prompts and cases are run again")
    given = parser.parse_args()
    recorder = Recorder(given.checkpoint, given.native)
    if given.prompts:
        prompts, cases = recorded_prompts(given.prompts)
    else:
        tokenizer = Tokenizer.from_file(str(given.checkpoint / "tokenizer.json"))
        prompts = new_prompts(tokenizer, recorder.config, recorder.settings, given.short)
        variants = given.variant or ([recorder.native] if recorder.native else VARIANTS)
        options = {name: json.loads(value) for name, value in (one.split("=") for one in given.option)}
        gammas = [1.0, 1.5] if recorder.native else [0.75, 1.5]
        cases = new_cases(prompts, variants, given.gamma or gammas, recorder.native, options)
    tensors, seen = {}, {}
    with torch.no_grad():
        for name, (ids, frames, visuals, _) in prompts.items():
            tensors[f"{name}.input_ids"] = numpy.int32(ids)
            tensors[f"{name}.grid_thw"] = numpy.int32([v[1:] for v in visuals]).reshape(-1, 3)
            looks = seen[name] = [recorder.see(one) for one in frames]
            for index, one in enumerate(frames):
                tensors[f"{name}.frames{index}"] = one
            if looks:
                tensors[f"{name}.pixels"] = numpy.concatenate([look[0] for look in looks])
                tensors[f"{name}.vision"] = torch.cat([look[2] for look in looks]).numpy()
                for layer, features in enumerate(zip(*(look[3] for look in looks))):
                    tensors[f"{name}.deepstack{layer}"] = torch.cat(features).numpy()
        for case in cases:
            places, logits, generated = recorder.run(case, prompts[case["prompt"]], seen[case["prompt"]])
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
