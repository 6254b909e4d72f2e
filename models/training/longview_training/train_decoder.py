"""Teaches the decoder to read videos: dense questions over composed rows of patches.

    python -m longview_training.train_decoder [minutes]

Visual tokens come from the frozen head's pooled features and embedding (work/patches.pt, see patches.py). Videos grow as
skills form (curriculum). Checkpoint: work/decoder.pt (resumes with optimiser state and curriculum).
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from .episodes import PAD, Composer, Words, layout
from .paths import DEVICE, THREADS, WORK
from .qwen import Qwen, QwenConfig
from .text_tower import optimisers

GRID = (1, 1)
#: Videos a step: as many as a GPU needs to be busy, or as few as a CPU bears.
BATCH, RATE = (192, 2e-3) if DEVICE == "cuda" else (40, 1e-3)
#: (shots, patches) ranges that the curriculum goes through.
STAGES = [((2, 3), (0, 1)), ((2, 6), (0, 2)), ((3, 10), (0, 4)), ((4, 16), (0, 6)), ((2, 16), (0, 8))]

#: How much an answer's tokens count.
WEIGHTS = {"present": 3.0, "kind": 2.0, "list": 0.6}

#: At the last stage: how often a video is a single scene ("what is this?"), or longer than the stage's; and what those are.
SINGLE, LONG, LONG_VIDEOS = 0.12, 0.3, ((16, 56), (0, 16))


def sizes(stage, batch_size):
    """@returns how many videos, shots and patches the next batch has."""
    (low, high), (least, most) = STAGES[stage]
    if stage == len(STAGES) - 1 and (chance := float(torch.rand(()))) < SINGLE + LONG:
        if chance < SINGLE:
            return batch_size * 2, 1, 1 + int(torch.randint(3, ()))
        (low, high), (least, most) = LONG_VIDEOS
        batch_size //= 2
    n = int(torch.randint(low, high + 1, ()))
    return batch_size, n, n + int(torch.randint(least, most + 1, ()))


class Reader(nn.Module):
    """Visual projection and decoder, with two helpers for training: name each patch, and the shot before it."""

    def __init__(self, vocabulary, features, hidden=128, layers=3):
        super().__init__()
        self.qwen = Qwen(QwenConfig(vocabulary, hidden, 320, layers, 4, 4, 32))
        self.visual_up, self.visual_down = nn.Linear(features, 384), nn.Linear(384, hidden)
        self.visual_skip = nn.Linear(features, hidden)
        self.helpers = nn.ModuleList(nn.Linear(hidden, 384) for _ in range(2))

    def visual(self, features):
        """[..., features] -> visual tokens [..., hidden]."""
        return self.visual_skip(features) + self.visual_down(F.gelu(self.visual_up(features)))

    def forward(self, features, batch):
        """@returns hidden states [B, S, hidden] and those of the visual tokens after layer 2 (from below)."""
        words = batch.words
        cos, sin, mask = layout(batch, GRID)
        fixed = torch.tensor([words.user, words.vision_start, words.vision_end]).expand(len(features), -1)
        # One look-up for all words: each look-up's gradient is as large as the whole vocabulary.
        embedded = self.qwen.embed_tokens(torch.cat((fixed, *(t.clamp(min=0) for t in batch.tokens)), 1))
        x = torch.cat((embedded[:, :2], self.visual(features), embedded[:, 2:]), 1)
        seen = None
        for index, layer in enumerate(self.qwen.layers):
            x = layer(x, cos, sin, mask)
            if index == 1:
                seen = x[:, 2 : 2 + features.shape[1]]
        return self.qwen.norm(x), seen


def helper_loss(reader, seen, batch, names):
    """Naming each patch, and the shot before it, against frozen name embeddings [C, 384]."""
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
    offset, right, states, targets, weights = 3 + patches, {}, [], [], []
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


def load_patches(count):
    """(features [frames, F], rows_of [C, R], names [C, 384]) for training."""
    data = torch.load(WORK / "patches.pt", map_location=torch.get_default_device())
    order = data["concepts"].sort(stable=True).indices
    rows = order.split(torch.bincount(data["concepts"], minlength=count).tolist())
    return data["features"], nn.utils.rnn.pad_sequence([r if len(r) else torch.tensor([PAD]) for r in rows], batch_first=True, padding_value=PAD), data["names"]


def near_concepts(names, usable, count=12):
    """[C, count] the concepts most alike in the text space, without those that mean nearly the same (cosine >= 0.8)."""
    similar = names @ names.T
    similar[similar >= 0.8] = -1
    similar[:, ~usable] = -1
    return similar.topk(count, 1).indices


def prepare(seed):
    import json

    from .tokenizer import load

    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    words = Words(load(), concepts)
    features, rows_of, names = load_patches(len(concepts))
    composer = Composer(words, rows_of, near_concepts(names, (rows_of != PAD).any(1)), seed)
    return words, features, names, composer


def train(minutes, batch_size=BATCH, rate=RATE):
    torch.set_num_threads(THREADS)
    torch.set_default_device(DEVICE)
    path = WORK / "decoder.pt"
    state = torch.load(path, map_location=DEVICE) if path.exists() else None
    step = state["step"] if state else 0
    torch.manual_seed(step)
    words, features, names, composer = prepare(step)
    mean, std = features[::3].float().mean(0), features[::3].float().std(0) + 1e-4
    reader = Reader(8192, features.shape[1])
    if not state:
        start_in_word_space(reader, mean, std)
    both = optimisers(reader, rate)
    stage = 0
    if state:
        stage = state["stage"]
        if torch.equal(mean, state["mean"]):
            reader.load_state_dict(state["model"])
            for o, s in zip(both, state.get("optimisers", [])):
                o.load_state_dict(s)
        else:
            adopt(reader, state, mean, std)
    tallies, begun, first = {}, time.time(), step
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step - first + 1) / 100) * min(1, max(0.02, (1 - elapsed / minutes) * 3))
        both[0].param_groups[0]["lr"], both[1].param_groups[0]["lr"] = rate * 5 * factor, rate * factor
        videos, n, patches = sizes(stage, batch_size)
        batch = composer.batch(videos, n, patches)
        batch.words = words
        seen_features = (features[batch.rows].float() - mean) / std
        seen_features = seen_features + torch.randn_like(seen_features) * 0.2
        with torch.autocast(DEVICE, torch.bfloat16):
            hidden, seen = reader(seen_features, batch)
            loss, right = answer_loss(reader, hidden, batch, patches)
            extra = helper_loss(reader, seen, batch, names)
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
    """Goes on with other features: of the same head trained further (as many columns), or of another head: then what was made of the
    embedding (which lies in the same space) stays as it was, and what was made of the pooled features before it starts from nothing."""
    model, kept = dict(state["model"]), len(mean) if len(mean) == len(state["mean"]) else 384
    old_mean, old_std = state["mean"][-kept:], state["std"][-kept:]
    for name in ("visual_up", "visual_skip"):
        raw = model[f"{name}.weight"][:, -kept:] / old_std
        weight = torch.zeros(len(raw), len(mean))
        weight[:, -kept:] = raw * std[-kept:]
        model[f"{name}.weight"] = weight
        model[f"{name}.bias"] = model[f"{name}.bias"] + raw @ (mean[-kept:] - old_mean)
    reader.load_state_dict(model)


def start_in_word_space(reader, mean, std, scale=1.5):
    """Words and patches start in one space: a patch's token is close to the token of the word that names it.

    mean, std [F]: how the features were standardised; their last 384 columns are 5 times the patch's embedding.
    """
    from .text_tower import word_space
    from .tokenizer import load

    vectors, centre, directions = word_space(load())
    turn = directions[: reader.qwen.config.hidden_size] * scale
    with torch.no_grad():
        reader.qwen.embed_tokens.weight.copy_((vectors - centre) @ turn.T)
        reader.visual_skip.weight.zero_()
        reader.visual_skip.weight[:, -384:] = turn * std[-384:] / 5
        reader.visual_skip.bias.copy_(turn @ (mean[-384:] / 5 - centre))
        reader.visual_down.weight.mul_(0.3)


if __name__ == "__main__":
    train(float(sys.argv[1]) if len(sys.argv) > 1 else 20)
