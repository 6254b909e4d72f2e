"""What the decoder's training sees of each frame: the frozen head's pooled features and embedding.

    python -m longview_training.patches

Writes work/patches.pt: {"features" float16 [views * frames, 576], "concepts" of the frames, "names" [concepts, 384] the names' text embeddings};
for the test split work/patches-test.pt: features [shots, 576] of whole patches (two frames averaged).
"""

import json

import torch
from torch.nn import functional as F

from .head import Head
from .paths import THREADS, WORK
from .train_head import load_split, text_vectors


def load_head():
    head = Head()
    head.load_state_dict(torch.load(WORK / "head.pt")["model"])
    return head.eval()


@torch.no_grad()
def look(head, x):
    """Pooled cells [n, 32, 600] -> [n, 576]: pooled features, then the embedding."""
    out = []
    for part in x.split(512):
        pooled = head.pooled(head.cells(part.float()))
        out.append(torch.cat((pooled, F.normalize(head.project(pooled), dim=-1) * 5), -1))
    return torch.cat(out)


def patches_of(features, per_shot):
    """Frames [n * per_shot, 32, 600] -> patches [n, 32, 600]: the mean of a shot's two frames."""
    return features.view(-1, per_shot, *features.shape[1:]).float().mean(1)


#: Views of every training frame that the decoder sees: the clean one, and some with cells hidden, moved and mirrored.
VIEWS = 4


def views(head):
    """Training frames as [VIEWS * frames, 576] float16 and their concepts. The head names frames that it was trained on more
    surely than any new ones; hiding cells makes them as uncertain, so that the decoder learns to read what it will meet."""
    from .train_head import Examples

    torch.manual_seed(6)
    examples = Examples(head)
    clean = [look(head, examples.features).half()]
    for _ in range(VIEWS - 1):
        clean.append(torch.cat([look(head, examples.varied(part.float(), 0.7)).half() for part in examples.features.split(2048)]))
    return torch.cat(clean), [[c for c in row if c >= 0] for row in examples.labels.tolist()]


if __name__ == "__main__":
    torch.set_num_threads(THREADS)
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    head = load_head()
    names = F.normalize(text_vectors([c["name"] for c in concepts], "teacher").mean(0), dim=-1)
    features, labels = views(head)
    torch.save({"features": features, "concepts": labels, "views": VIEWS, "names": names}, WORK / "patches.pt")
    if (WORK / "test.done").exists():
        features, shots = load_split("test")
        features = look(head, patches_of(features, 2))
        torch.save({"features": features, "shots": shots, "names": names}, WORK / "patches-test.pt")
