"""Measures what compare.py trained, on held-out photographs, far past the training length.

    python -m longview_training.compare_measure VARIANT [SEED]   work/compare/VARIANT-SEED.json
    python -m longview_training.compare_measure collect          docs/comparison/results.json of all that are there

Every answer is one token, right when it is the argmax over the whole vocabulary. All variants get the same videos.
The gammas of the main tables are the paper's, chosen before measuring: 0.75 for retrieval, 1.5 for understanding.
"""

import json
import sys

import torch

from .compare import BATCH, HELP, RATE, TRAINED_PATCHES, Reader
from .compare_positions import ABLATION, VARIANTS, gamma_of
from .compare_videos import COUNTED, DENSE, FILLERS, GRID, GROUPS, MOST_UNIQUE, SPLIT, TASKS, UNIQUE, Composer, load
from .paths import DEVICE, REPOSITORY, WORK

DEPTHS = (0, 0.2, 0.4, 0.6, 0.8, 1)
LENGTHS, NEEDLE_LENGTHS = (2, 8, 16, 32, 64), (2, 4, 8, 16, 32, 64, 128)
RETRIEVAL_GAMMA, UNDERSTANDING_GAMMA = 0.75, 1.5
SWEEP, SWEEP_LENGTHS = (0.25, 0.5, 0.75, 1, 1.25, 1.5, 2, 3), (8, 16, 32, 64)
QUESTIONS = tuple(t for t in DENSE if t != "which")


def tally(reader, variant, videos, gamma, at_once=8192):
    """{task: [right, asked]} of some videos, a few at a time."""
    gammas = gamma_of(variant, torch.full_like(videos.gamma, gamma))
    step, out = max(1, at_once // (videos.tokens.shape[1] * 4 + 60)), {}
    for start in range(0, len(gammas), step):
        part = slice(start, start + step)
        some = type(videos)(videos.tokens[part], None, None, videos.questions[part], videos.answers[part], videos.tasks)
        with torch.autocast(DEVICE, torch.bfloat16):
            logits = reader(variant, some, gammas[part])[0]
        hit = logits.argmax(-1) == some.answers
        for index, task in enumerate(videos.tasks):
            entry = out.setdefault(task, [0, 0])
            entry[0] += int(hit[:, index].sum())
            entry[1] += int((some.answers[:, index] >= 0).sum())
    return out


def needles(reader, variant, photographs, lengths, count, gamma):
    """{patches: {depth: [found, asked]}}"""
    out = {}
    for n in lengths:
        for depth in DEPTHS:
            composer = Composer(photographs, 10_000 * n + int(depth * 10))
            videos = composer.videos(count, n, ("which",), needle_at=round(depth * (n - 1)))
            out.setdefault(str(n), {})[str(depth)] = tally(reader, variant, videos, gamma)["which"]
    return out


def understanding(reader, variant, photographs, lengths, count, gamma):
    """{patches: {task: [right, asked]}}"""
    return {str(n): tally(reader, variant, Composer(photographs, 77 + n).videos(count, n, QUESTIONS), gamma) for n in lengths}


@torch.no_grad()
def measure(variant, seed):
    torch.set_num_threads(1)
    torch.set_default_device(DEVICE)
    photographs = load()[1]
    state = torch.load(WORK / f"compare/{variant}-{seed}.pt", map_location=DEVICE)
    reader = Reader(Composer(photographs, 0).words, photographs.means)
    reader.load_state_dict(state["model"])
    reader.eval()
    result = {
        "variant": variant, "seed": seed, "steps": state["step"], "minutes": round(state["seconds"] / 60, 1),
        "parameters": sum(p.numel() for n, p in reader.named_parameters() if "helpers" not in n),
        "needles": needles(reader, variant, photographs, NEEDLE_LENGTHS, 100, RETRIEVAL_GAMMA),
        "understanding": understanding(reader, variant, photographs, LENGTHS, 150, UNDERSTANDING_GAMMA),
    }
    if variant == "hope":
        result["sweep"] = {
            str(g): {"needles": needles(reader, variant, photographs, SWEEP_LENGTHS, 40, g),
                     "understanding": understanding(reader, variant, photographs, SWEEP_LENGTHS, 60, g)} for g in SWEEP
        }
    (WORK / f"compare/{variant}-{seed}.json").write_text(json.dumps(result))
    print(json.dumps({k: result[k] for k in ("variant", "seed", "needles", "understanding")}))


def collect():
    """Joins all measurements with what they were made with."""
    order = (*VARIANTS, ABLATION)
    runs = [json.loads(p.read_text()) for p in (WORK / "compare").glob("*-*.json")]
    runs.sort(key=lambda r: (r["seed"], order.index(r["variant"])))
    train, test = load()
    setting = {
        "trainedPatches": TRAINED_PATCHES, "tokensPerPatch": GRID[0] * GRID[1], "batch": BATCH, "rate": RATE, "helperWeight": HELP,
        "headDim": 32, "sections": [4, 6, 6], "theta": 10000, "kinds": len(train.names), "groups": len(GROUPS), "tasks": list(TASKS),
        "questionsPerVideo": len(DENSE), "split": SPLIT, "unique": UNIQUE, "mostUnique": MOST_UNIQUE, "fillerKinds": FILLERS, "mostCounted": COUNTED,
        "trainingPhotographs": len(train.features), "heldOutPhotographs": len(test.features),
        "retrievalGamma": RETRIEVAL_GAMMA, "understandingGamma": UNDERSTANDING_GAMMA,
    }
    path = REPOSITORY / "docs/comparison/results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"setting": setting, "runs": runs}) + "\n")
    print(f"{len(runs)} runs, {path.stat().st_size} bytes")


if __name__ == "__main__":
    names = (*VARIANTS, ABLATION)
    if sys.argv[1:] == ["collect"]:
        collect()
    elif len(sys.argv) > 1 and sys.argv[1] in names:
        measure(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    else:
        sys.exit(f"usage: python -m longview_training.compare_measure {'|'.join(names)} [seed], or collect")
