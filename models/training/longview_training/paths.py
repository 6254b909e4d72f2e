"""Where things lie. Everything outside the repository is named by an environment variable."""

import os
from pathlib import Path

import torch

TRAINING = Path(__file__).resolve().parent.parent
REPOSITORY = TRAINING.parent.parent
#: Caches and checkpoints (git-ignored).
WORK = Path(os.environ.get("LONGVIEW_WORK", TRAINING / "work"))
#: Unpacked npm packages (node_modules) and Debian packages (root), see fetch.sh.
SOURCES = Path(os.environ.get("LONGVIEW_SOURCES", Path.home() / ".cache/longview-training"))
#: Photographs, one folder a kind: caltech101/<kind>/*.jpg, clothing/<kind>/*.jpg.
NATURAL = Path(os.environ.get("LONGVIEW_NATURAL", SOURCES / "natural"))
#: The bundle that ships; eyes.onnx is made there by set-up.
BUNDLE = REPOSITORY / "models/builtin"

#: Cores to train on. One a job is quicker than two jobs on two cores each, where cores are few.
THREADS = int(os.environ.get("LONGVIEW_THREADS", os.cpu_count() or 1))
#: Where tensors are.
DEVICE = "cuda" if torch.cuda.is_available() else "cpu"

WORK.mkdir(parents=True, exist_ok=True)
