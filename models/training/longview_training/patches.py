"""What the decoder's training sees of each frame: the frozen head's pooled features and embedding.

    python -m longview_training.patches

Writes work/patches.pt: {"features" float16 [views * frames, size + 384], "concepts" of the frames, "names" [concepts, 384] the names' text embeddings};
for the test split work/patches-test.pt: features [shots, size + 384] of whole patches (two frames averaged).
"""

import json

import numpy as np
import torch
from torch.nn import functional as F

from .head import Branch, load
from .paths import THREADS, WORK
from .train_head import Examples, Split, text_vectors


def load_head():
    return load(WORK / "head.pt")


@torch.no_grad()
def look(head, x):
    """Cells [n, 32, 1200] -> [n, size + 384]: what the first branch pools, then the embedding (times 5)."""
    pooled, embedding = head.pooled(x)
    return torch.cat((pooled, embedding * 5), -1)


def look_at_all(head, split):
    """Every shot of a split, the mean of its frames: [shots, size + 384]."""
    return torch.cat([look(head, x) for x in split.patches()])


#: Views of every training frame that the decoder sees: the clean one, and some with cells hidden, moved and mirrored.
VIEWS = 4


def views(head):
    """Training frames as [VIEWS * frames, size + 384] float16 and their concepts. The head names frames that it was trained on more
    surely than any new ones; hiding cells makes them as uncertain, so that the decoder learns to read what it will meet."""
    torch.manual_seed(6)
    examples = Examples(Branch())
    clean, varied = [], [[] for _ in range(VIEWS - 1)]
    split, count = examples.split, len(examples.labels)
    for start in range(0, count, 256):
        codes = split.codes(np.arange(start, min(start + 256, count)))
        for part, seen in ((clean, codes), *((v, examples.varied(codes, 0.7)) for v in varied)):
            part.append(look(head, seen.float() * split.step + split.low).half())
    return torch.cat([v for part in (clean, *varied) for v in part]), [[c for c in row if c >= 0] for row in examples.labels.tolist()]


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    head = load_head()
    names = F.normalize(text_vectors([c["name"] for c in concepts], "teacher").mean(0), dim=-1)
    features, labels = views(head)
    torch.save({"features": features, "concepts": labels, "views": VIEWS, "names": names}, WORK / "patches.pt")
    if (WORK / "test.json").exists():
        test = Split("test")
        torch.save({"features": look_at_all(head, test), "shots": test.shots, "names": names}, WORK / "patches-test.pt")
        plain = Split("plain")
        torch.save({"features": look_at_all(head, plain), "shots": plain.shots, "names": names}, WORK / "patches-plain.pt")
