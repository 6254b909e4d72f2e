"""Brings the text tower nearer to what the head makes of pictures, after both were trained.

    python -m longview_training.tune_words MINUTES

Names in all phrasings against the frozen embeddings of training frames (work/patches.pt, views with hidden cells included), while
other phrases stay where the teacher has them. Reads and writes work/text.pt; what was there before is kept as work/text-before.pt.
"""

import json
import shutil
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .paths import THREADS, WORK
from .questions import article
from .text_tower import MAX_TOKENS, TextTower, distillation_set, embed, optimisers, pad
from .text_tower import loss_of as teacher_loss
from .tokenizer import load
from .train_head import PHRASINGS, loss_of, name_table, specific, text_vectors


#: What similarities are multiplied by, as at the end of the head's training.
SCALE = 32.0
#: How many other phrases hold the tower in its place.
PHRASES = 60_000


class Pictures:
    """Embeddings of training frames and what they show; photographs as often as drawings."""

    def __init__(self):
        data = torch.load(WORK / "patches.pt")
        self.embeddings, self.frames = data["features"][:, -384:], len(data["concepts"])
        self.labels = torch.tensor([(row + [-1, -1])[:2] for row in data["concepts"]])
        often = torch.bincount(self.labels[:, 0].clamp(min=0))[self.labels[:, 0]]
        self.weight = often.float() ** -0.6

    def batch(self, size):
        rows = torch.multinomial(self.weight, size)
        view = torch.randint(len(self.embeddings) // self.frames, (size,))
        return F.normalize(self.embeddings[rows + view * self.frames].float(), dim=-1), self.labels[rows]


def train(minutes, batch=384, rate=4e-4):
    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    concepts, tokenizer = json.loads((WORK / "concepts.json").read_text())["concepts"], load()
    names, holds = name_table(concepts)
    weight, teachers, pictures = specific(holds, concepts, names), text_vectors(names, "teacher"), Pictures()
    scale = SCALE
    encoded = [[e.ids[:MAX_TOKENS] for e in tokenizer.encode_batch([p.format(k=n, a=article(n)) for n in names])] for p in PHRASINGS]
    texts, vectors, held, held_vectors = distillation_set(PHRASES)
    phrases = [e.ids[:MAX_TOKENS] for e in tokenizer.encode_batch(texts)]
    tower, random = TextTower(tokenizer.get_vocab_size()), np.random.default_rng(0)
    tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
    shutil.copy(WORK / "text.pt", WORK / "text-before.pt")
    both, begun, step = optimisers(tower, rate), time.time(), 0
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step + 1) / 50) * max(0.02, 1 - elapsed / minutes)
        both[0].param_groups[0]["lr"], both[1].param_groups[0]["lr"] = rate * 5 * factor, rate * factor
        phrasing, rows = int(random.integers(len(PHRASINGS))), random.integers(0, len(phrases), batch)
        with torch.autocast("cpu", torch.bfloat16):
            called = tower(*pad(encoded[phrasing])).float()
            other = tower(*pad([phrases[i] for i in rows])).float()
        image, labels = pictures.batch(batch)
        seen = loss_of(image, labels, called, holds, weight, scale)
        near = (1 - (called * teachers[phrasing]).sum(-1)).mean()
        kept, cosine = teacher_loss(other, torch.from_numpy(vectors[rows]).float())
        for o in both:
            o.zero_grad()
        (seen + 4 * near + 8 * kept).backward()
        nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
        for o in both:
            o.step()
        step += 1
        if step % 50 == 0:
            score = (embed(tower, tokenizer, held[:1000]) * torch.from_numpy(held_vectors[:1000]).float()).sum(-1).mean()
            print(f"step {step} {elapsed:.1f} min, pictures {seen:.3f}, names from teacher {near:.3f}, phrases from teacher {cosine:.3f}, held out {score:.4f}", flush=True)
    torch.save({"model": tower.state_dict(), "optimisers": [o.state_dict() for o in both], "step": step}, WORK / "text.pt")


if __name__ == "__main__":
    train(float(sys.argv[1]))
