"""Measures embeddings and decoder on held-out footage only.

    python -m longview_training.evaluate [embed|read|text ...]

Prints one JSON object a part and writes work/evaluation.json.
"""

import json
import sys

import torch
from torch.nn import functional as F

from .episodes import PAD, Composer, padded
from .hope import GAMMAS
from .paths import THREADS, WORK
from .questions import article

KINDS_OF_SHOT = ("photo", "drawn", "object", "style")


def load_concepts():
    return json.loads((WORK / "concepts.json").read_text())["concepts"]


def query_vectors(texts, source):
    """Unit vectors of plain queries, from the teacher or from the tower that ships."""
    if source == "teacher":
        from .text_tower import teacher

        return F.normalize(torch.from_numpy(teacher(texts)).float(), dim=-1)
    from .text_tower import TextTower, embed
    from .tokenizer import load

    tower = TextTower(8192)
    tower.load_state_dict(torch.load(WORK / "text.pt")["model"])
    return embed(tower, load(), texts)


def ranks(scores, right):
    """Rank (0 = first) of the best right candidate: scores [q, n], right bool [q, n]."""
    best = scores.masked_fill(~right, -9).amax(1, keepdim=True)
    return (scores > best).sum(1)


def recall(place):
    return {"n": len(place), "R@1": round((place < 1).float().mean().item(), 4), "R@5": round((place < 5).float().mean().item(), 4)}


def photo_videos(image, shots, concepts, source, videos=6, which="photo"):
    """Videos of one held-out photograph a kind: "a photo of a <kind>" among all kinds."""
    by_kind = {}
    for i, s in enumerate(shots):
        if s["kind"] == which:
            by_kind.setdefault(s["concepts"][0], []).append(i)
    kinds = sorted(by_kind)
    queries = query_vectors([f"a photo of {article(concepts[k]['name'])}" for k in kinds], source)
    places = []
    for v in range(videos):
        rows = [by_kind[k][v % len(by_kind[k])] for k in kinds]
        places.append(ranks(queries @ image[rows].T, torch.eye(len(kinds), dtype=torch.bool)))
    return {"kinds": len(kinds), "videos": videos, **recall(torch.cat(places))}


def among_all(image, shots, concepts, source, kind):
    """Names of what shots of a kind show, among all test patches of drawings and photographs (about 1,000 and more)."""
    shown = [set(s["concepts"]) for s in shots]
    asked = sorted({c for s in shots if s["kind"] == kind for c in s["concepts"]})
    pool = [i for i, s in enumerate(shots) if s["kind"] in (kind, "photo", "drawn")]
    queries = query_vectors([article(concepts[c]["name"]) for c in asked], source)
    right = torch.tensor([[c in shown[i] for i in pool] for c in asked])
    return {"candidates": len(pool), **recall(ranks(queries @ image[pool].T, right))}


def measure_embeddings(image, shots, source):
    """All retrieval figures for patch embeddings [shots, 384]."""
    concepts = load_concepts()
    out = {"photo videos": photo_videos(image, shots, concepts, source)}
    for kind in ("drawn", "object", "style"):
        out[kind] = among_all(image, shots, concepts, source, kind)
    return out


def measure_plain():
    """The same videos of plain slow shots, without the grading, blur, noise and pasting of the other test footage."""
    from .patches import embeddings, load_head, look_at_all
    from .features import Split

    split = Split("plain")
    image, shots = embeddings(look_at_all(load_head(), split)), split.shots
    concepts = load_concepts()
    return {f"plain photo videos, {s}": photo_videos(image, shots, concepts, s, which="plain") for s in ("teacher", "tower")}


def measure_text(seed=0):
    """The tower beside its teacher: cosine on held-out phrases."""
    from .text_tower import distillation_set

    _, _, test, vectors = distillation_set()
    cosine = (query_vectors(test, "tower") * torch.from_numpy(vectors).float()).sum(-1)
    words = torch.tensor([len(t.split()) for t in test])
    return {"phrases": len(test), "cosine": round(cosine.mean().item(), 4), "5th percentile": round(cosine.quantile(0.05).item(), 4),
            "one word": round(cosine[words == 1].mean().item(), 4), "four words and more": round(cosine[words >= 4].mean().item(), 4)}


def answers_right(reader, features, batch, words):
    """{task: [right, all]} by teacher-forced exact match over the whole vocabulary (equal to greedy decoding)."""
    from .train_decoder import TOKENS

    batch.words = words
    hidden, _ = reader(features, batch)
    offset, out = 3 + features.shape[1] * TOKENS, {}
    for tokens, is_answer, task in zip(batch.tokens, batch.answers, batch.tasks):
        logits = reader.qwen.logits(hidden[:, offset : offset + tokens.shape[1] - 1])
        wrong = (logits.argmax(-1) != tokens[:, 1:]) & is_answer[:, 1:]
        entry = out.setdefault(task, [0, 0])
        entry[0] += int((wrong.sum(1) == 0).sum())
        entry[1] += len(tokens)
        offset += tokens.shape[1]
    return out


@torch.no_grad()
def measure_reading(lengths=((4, 4), (8, 8), (16, 16), (32, 32)), batches=6, size=32, gammas=GAMMAS, held_out=True):
    """Decoder accuracy on new videos by (shots, patches): of held-out patches, or of the frames that training used."""
    from .export import load_reader
    from .train_decoder import composers, load_patches, load_words, near_concepts, standardised

    reader, state = load_reader()
    words = load_words()
    if held_out:
        data = torch.load(WORK / "patches-test.pt")
        rows = [[] for _ in data["names"]]
        for i, s in enumerate(data["shots"]):
            if s["kind"] in ("photo", "drawn"):
                rows[s["concepts"][0]].append(i)
        rows_of = padded([r or [PAD] for r in rows])
        composer = Composer(words, rows_of, near_concepts(data["names"], (rows_of != PAD).any(1)), 5)
    else:
        data = load_patches()
        composer, _ = composers(words, data, 5)
    features = data["features"]
    result = {}
    for n, patches in lengths:
        total = {}
        for _ in range(batches):
            batch = composer.batch(size, n, patches)
            if len(gammas) == 1:
                batch.gamma = torch.full_like(batch.gamma, gammas[0])
            seen = standardised(features[batch.rows], state["mean"], state["std"])
            for task, (ok, count) in answers_right(reader, seen, batch, words).items():
                a = total.setdefault(task, [0, 0])
                a[0] += ok
                a[1] += count
        result[f"{n} shots, {patches} patches"] = {t: round(ok / c, 3) for t, (ok, c) in sorted(total.items())}
    return result


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    torch.manual_seed(0)
    parts = sys.argv[1:] or ["text", "embed", "read"]
    path = WORK / "evaluation.json"
    result = json.loads(path.read_text()) if path.exists() else {}
    if "text" in parts:
        result["text"] = measure_text()
    if "embed" in parts:
        from .patches import embeddings

        data = torch.load(WORK / "patches-test.pt")
        image = embeddings(data["features"])
        for source in ("teacher", "tower"):
            result[f"embed, {source}"] = measure_embeddings(image, data["shots"], source)
        result |= measure_plain()
    if "read" in parts:
        result["read"] = measure_reading()
        result["read, training frames"] = measure_reading(held_out=False)
    path.write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))
