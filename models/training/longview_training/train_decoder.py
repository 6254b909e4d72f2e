"""Teaches the decoder to read videos: dense questions over composed rows of patches.

    python -m longview_training.train_decoder [minutes]

Visual tokens come from the frozen head's pooled features and embeddings, one of each region (work/patches.pt, see patches.py). Videos
grow as skills form (curriculum). Checkpoint: work/decoder.pt (resumes with optimiser state and curriculum).
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from . import sights
from .episodes import PAD, Composer, Words, layout
from .head import REGIONS
from .patches import LOOKS
from .paths import DEVICE, THREADS, WORK
from .qwen import Qwen, QwenConfig
from .text_tower import optimisers

#: Visual tokens of a patch.
GRID = REGIONS
TOKENS = GRID[0] * GRID[1]
#: Videos a step: as many as a GPU needs to be busy, or as few as a CPU bears.
BATCH, RATE = (384, 2e-3) if DEVICE == "cuda" else (40, 1e-3)
#: (shots, patches) ranges that the curriculum goes through.
STAGES = [((2, 3), (0, 1)), ((2, 6), (0, 2)), ((3, 10), (0, 4)), ((4, 16), (0, 6)), ((2, 16), (0, 8))]

#: How much an answer's tokens count.
WEIGHTS = {"present": 3.0, "kind": 2.0, "list": 0.6, "scene present": 3.0, "scene kind": 2.0}

#: At the last stage: how often a video is a single scene ("what is this?"), or longer than the stage's; and what those are.
SINGLE, LONG, LONG_VIDEOS = 0.12, 0.3, ((16, 56), (0, 16))
#: How often a batch is of frames with up to two things at known places (sights.py), and how many frames and further patches those have.
SCENES, SCENE_VIDEOS = 0.25, ((1, 8), (0, 4))


def sizes(stage, batch_size, in_scenes=False):
    """@returns how many videos, shots and patches the next batch has."""
    (low, high), (least, most) = SCENE_VIDEOS if in_scenes else STAGES[stage]
    if not in_scenes and stage == len(STAGES) - 1 and (chance := float(torch.rand(()))) < SINGLE + LONG:
        if chance < SINGLE:
            return batch_size * 2, 1, 1 + int(torch.randint(3, ()))
        (low, high), (least, most) = LONG_VIDEOS
        batch_size //= 2
    n = int(torch.randint(low, high + 1, ()))
    return batch_size, n, n + int(torch.randint(least, most + 1, ()))


class Reader(nn.Module):
    """Visual projection and decoder, with two helpers for training: name each patch, and the shot before it.

    A region's token is made of what was pooled of the region, of what was pooled of the whole frame, and of where the region is.
    """

    def __init__(self, vocabulary, features, hidden=128, inner=512, layers=4):
        super().__init__()
        self.qwen = Qwen(QwenConfig(vocabulary, hidden, inner, layers, 4, 4, 32))
        self.visual_up, self.visual_down = nn.Linear(features, 384), nn.Linear(384, hidden)
        self.visual_skip = nn.Linear(features, hidden)
        self.whole_up, self.whole_skip = nn.Linear(features, 384, bias=False), nn.Linear(features, hidden, bias=False)
        self.visual_place = nn.Parameter(torch.zeros(TOKENS, hidden))
        self.helpers = nn.ModuleList(nn.Linear(hidden, 384) for _ in range(2))

    def visual(self, features):
        """[..., 1 + regions, features], the whole frame first -> visual tokens [..., regions, hidden]."""
        whole, regions = features[..., :1, :], features[..., 1:, :]
        inner = F.gelu(self.visual_up(regions) + self.whole_up(whole))
        return self.visual_skip(regions) + self.whole_skip(whole) + self.visual_down(inner) + self.visual_place

    def forward(self, features, batch):
        """Features [B, P, 1 + regions, F]. @returns hidden states [B, S, hidden] and those of the visual tokens after layer 2 (from below)."""
        words = batch.words
        cos, sin, mask = layout(batch, GRID)
        fixed = torch.tensor([words.user, words.vision_start, words.vision_end]).expand(len(features), -1)
        # One look-up for all words: each look-up's gradient is as large as the whole vocabulary.
        embedded = self.qwen.embed_tokens(torch.cat((fixed, *(t.clamp(min=0) for t in batch.tokens)), 1))
        visual = self.visual(features).flatten(1, 2)
        x = torch.cat((embedded[:, :2], visual.to(embedded.dtype), embedded[:, 2:]), 1)
        seen = None
        for index, layer in enumerate(self.qwen.layers):
            x = layer(x, cos, sin, mask)
            if index == 1:
                seen = x[:, 2 : 2 + visual.shape[1]]
        return self.qwen.norm(x), seen


def helper_loss(reader, seen, batch, names):
    """Naming each patch, and the shot before it, against frozen name embeddings [C, 384]."""
    seen = seen.unflatten(1, (-1, TOKENS)).mean(2)
    own = batch.concepts.gather(1, batch.shots)
    before = batch.concepts.gather(1, (batch.shots - 1).clamp(min=0))
    total = 0
    for helper, target, keep in ((reader.helpers[0], own, batch.shots >= 0), (reader.helpers[1], before, batch.shots > 0)):
        out = F.normalize(helper(seen[keep]).float(), dim=-1)
        total = total + F.cross_entropy(out @ names.T * 20, target[keep])
    return total


def answer_loss(reader, hidden, batch, patches):
    """Cross-entropy of all answer tokens over the answers' vocabulary and some other tokens.

    @returns loss, {task: (right answers, answers)}: an answer is right when all its tokens are the argmax.
    """
    others = torch.randint(reader.qwen.config.vocab_size, (384,))
    allowed = torch.unique(torch.cat((batch.words.answer_ids, others)))
    place = torch.full((reader.qwen.config.vocab_size,), 0).scatter(0, allowed, torch.arange(len(allowed)))
    table = reader.qwen.embed_tokens.weight[allowed]
    offset, right, states, targets, weights = 3 + patches * TOKENS, {}, [], [], []
    spans = []
    for tokens, is_answer, task in zip(batch.tokens, batch.answers, batch.tasks):
        predicts = is_answer[:, 1:]
        states.append(hidden[:, offset : offset + tokens.shape[1] - 1][predicts])
        targets.append(place[tokens[:, 1:][predicts]])
        weights.append(torch.full((len(targets[-1]),), WEIGHTS.get(task, 1.0)))
        spans.append((task, predicts))
        offset += tokens.shape[1]
    target, weight = torch.cat(targets), torch.cat(weights)
    logits = torch.cat(states) @ table.T
    losses = F.cross_entropy(logits.float(), target, reduction="none")
    hits = logits.argmax(-1) == target
    at = 0
    for task, predicts in spans:
        count = int(predicts.sum())
        wrong = torch.zeros(predicts.shape).masked_scatter(predicts, (~hits[at : at + count]).float())
        ok, n = right.get(task, (0, 0))
        right[task] = (ok + int((wrong.sum(1) == 0).sum()), n + len(predicts))
        at += count
    return (losses * weight).sum() / weight.sum(), right


def load_patches():
    """What patches.write_train wrote."""
    return torch.load(WORK / "patches.pt", map_location=torch.get_default_device())


def rows_by_concept(concepts, count):
    """[C, R] rows of frames that show one thing alone, by what it is; padded."""
    alone = ((concepts[:, 0] != PAD) & (concepts[:, 1] == PAD)).nonzero()[:, 0]
    own = concepts[alone, 0]
    rows = alone[own.sort(stable=True).indices].split(torch.bincount(own, minlength=count).tolist())
    return nn.utils.rnn.pad_sequence([r if len(r) else torch.tensor([PAD]) for r in rows], batch_first=True, padding_value=PAD)


def near_concepts(names, usable, count=12):
    """[C, count] the concepts most alike in the text space, without those that mean nearly the same (cosine >= 0.8)."""
    similar = names @ names.T
    similar[similar >= 0.8] = -1
    similar[:, ~usable] = -1
    return similar.topk(count, 1).indices


def load_words():
    import json

    from .tokenizer import load

    return Words(load(), json.loads((WORK / "concepts.json").read_text())["concepts"])


def composers(words, data, seed):
    """What composes videos of shots, and of scenes, out of data's frames (see patches.py)."""
    rows_of = rows_by_concept(data["concepts"], len(words.kinds))
    alike = near_concepts(data["names"], (rows_of != PAD).any(1))
    return Composer(words, rows_of, alike, seed), sights.Composer(words, data["concepts"], data["places"], LOOKS, alike, seed)


def standard(features):
    """Mean and deviation [2, F] of whole frames and of regions."""
    some = features[::7].float()
    parts = (some[:, :1], some[:, 1:])
    return torch.stack([p.mean((0, 1)) for p in parts]), torch.stack([p.std((0, 1)) + 1e-4 for p in parts])


def standardised(features, mean, std):
    """[..., 1 + regions, F], each part by its own mean and deviation."""
    each = lambda x: torch.cat((x[:1], x[1:].expand(TOKENS, -1)))
    return (features.float() - each(mean)) / each(std)


def train(minutes, data=None, batch_size=BATCH, rate=RATE):
    """data: what work/patches.pt holds, where it is at hand."""
    torch.set_num_threads(THREADS)
    torch.set_default_device(DEVICE)
    path = WORK / "decoder.pt"
    state = torch.load(path, map_location=DEVICE) if path.exists() else None
    step = state["step"] if state else 0
    torch.manual_seed(step)
    data = data or load_patches()
    features, names = data["features"], data["names"]
    words = load_words()
    composer, scenes = composers(words, data, step)
    mean, std = standard(features)
    reader = Reader(8192, features.shape[-1])
    if not state:
        start_in_word_space(reader, mean, std)
    both = optimisers(reader, rate)
    stage = 0
    if state and state["mean"].shape == mean.shape:
        stage = state["stage"]
        if torch.equal(mean, state["mean"]):
            reader.load_state_dict(state["model"])
            for o, s in zip(both, state.get("optimisers", [])):
                o.load_state_dict(s)
        else:
            adopt(reader, state, mean, std)
    elif state:
        spread_out(reader, state, mean, std)
    tallies, begun, first = {}, time.time(), step
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step - first + 1) / 100) * min(1, max(0.02, (1 - elapsed / minutes) * 3))
        both[0].param_groups[0]["lr"], both[1].param_groups[0]["lr"] = rate * 5 * factor, rate * factor
        in_scenes = float(torch.rand(())) < SCENES
        videos, n, patches = sizes(stage, batch_size, in_scenes)
        batch = (scenes if in_scenes else composer).batch(videos, n, patches)
        batch.words = words
        seen_features = standardised(features[batch.rows], mean, std)
        seen_features = seen_features + torch.randn_like(seen_features) * 0.2
        with torch.autocast(DEVICE, torch.bfloat16):
            hidden, seen = reader(seen_features, batch)
            loss, right = answer_loss(reader, hidden, batch, patches)
            extra = 0 * loss if in_scenes else helper_loss(reader, seen, batch, names)
        for o in both:
            o.zero_grad()
        (loss + 0.15 * extra).backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        for o in both:
            o.step()
        step += 1
        for task, (ok, count) in right.items():
            a = tallies.setdefault(task, [0, 0])
            a[0] += ok
            a[1] += count
        if step % 100 == 0:
            score = {t: round(ok / count, 3) for t, (ok, count) in tallies.items()}
            print(f"step {step} {elapsed:.1f} min {(time.time() - begun) / (step - first):.3f} s stage {stage} loss {loss:.3f} helper {extra:.3f} {score}", flush=True)
            trained = stage
            if stage < len(STAGES) - 1 and score.get("present", 0) > 0.84 and min(score.get("after", 0), score.get("before", 0)) > 0.45:
                stage += 1
            tallies = {}
            torch.save({"model": reader.state_dict(), "optimisers": [o.state_dict() for o in both], "step": step, "stage": stage, "trained": trained, "mean": mean, "std": std}, path)


def adopt(reader, state, mean, std):
    """Goes on with other features of as many columns: those of the same head trained further."""
    model = dict(state["model"])
    for part, name in enumerate(("whole", "visual")):
        for layer in ("up", "skip"):
            raw = model[f"{name}_{layer}.weight"] / state["std"][part]
            model[f"{name}_{layer}.weight"] = raw * std[part]
            model[f"visual_{layer}.bias"] = model[f"visual_{layer}.bias"] + raw @ (mean[part] - state["mean"][part])
    reader.load_state_dict(model)


def spread_out(reader, state, mean, std):
    """Goes on from a smaller decoder of one token a patch, made of the whole frame alone: at first each region's is made of both, half and
    half, and what the decoder has more (layers, units of a layer) adds nothing."""
    old, old_mean, old_std = dict(state["model"]), state["mean"], state["std"]
    for layer in ("up", "skip"):
        raw = old.pop(f"visual_{layer}.weight") / old_std
        old[f"whole_{layer}.weight"], old[f"visual_{layer}.weight"] = raw / 2 * std[0], raw / 2 * std[1]
        old[f"visual_{layer}.bias"] = old[f"visual_{layer}.bias"] + raw @ (mean.mean(0) - old_mean)
    model = reader.state_dict()
    for name, value in model.items():
        if name.endswith(("o_proj.weight", "down_proj.weight")):
            value.zero_()
        if name in old:
            value[tuple(slice(n) for n in old[name].shape)] = old[name]
    reader.load_state_dict(model)


def start_in_word_space(reader, mean, std, scale=1.5):
    """Words and regions start in one space: a region's token is close to the token of the word that names what it shows.

    mean, std [2, F]: how the features were standardised; their last 384 columns are 5 times the embedding.
    """
    from .text_tower import word_space
    from .tokenizer import load

    vectors, centre, directions = word_space(load())
    turn = directions[: reader.qwen.config.hidden_size] * scale
    with torch.no_grad():
        reader.qwen.embed_tokens.weight.copy_((vectors - centre) @ turn.T)
        for part, layer in enumerate((reader.whole_skip, reader.visual_skip)):
            layer.weight.zero_()
            layer.weight[:, -384:] = turn * std[part, -384:] / 10
        reader.visual_skip.bias.copy_(turn @ (mean[:, -384:].mean(0) / 5 - centre))
        reader.visual_down.weight.mul_(0.3)


if __name__ == "__main__":
    train(float(sys.argv[1]) if len(sys.argv) > 1 else 20)
