"""Everything that training frames are made of, in one folder of a few small files, and out of it on the device that trains.

    python -m longview_training.footage      work/packed/{photos,sprites,papers}.{bin,json}

Pictures are kept as WebP, one after the other; the folder (60 MB) is all that another machine needs besides work/concepts.json.
"""

import io
import json
import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import numpy as np
import torch
from PIL import Image

from .concepts import HELD_OUT_STYLE
from .paths import DEVICE, NATURAL, WORK
from .scenes import PAPER, PHOTO, SPRITE, Scenes, stretched

FOLDER = WORK / "packed"
#: Backgrounds in the device's memory; what wallpapers leave is drawn.
PAPERS = 2600


def encoded(image, **options):
    memory = io.BytesIO()
    image.save(memory, "WEBP", method=4, **options)
    return memory.getvalue()


def packed_photo(file):
    return encoded(Image.open(NATURAL / file).convert("RGB"), quality=50)


def packed_sprite(index, pixels):
    image = Image.fromarray(np.array(pixels[index]))
    return encoded(image.crop(image.getbbox() or (0, 0, *image.size)), quality=72, alpha_quality=70)


def packed_paper(image):
    return encoded(image.resize(PAPER[::-1]), quality=70)


def write(name, items, blobs):
    FOLDER.mkdir(exist_ok=True)
    blobs = list(blobs)
    (FOLDER / f"{name}.bin").write_bytes(b"".join(blobs))
    (FOLDER / f"{name}.json").write_text(json.dumps({"items": items, "sizes": [len(b) for b in blobs]}))
    print(name, len(blobs), sum(map(len, blobs)), "bytes", flush=True)


def pack():
    from .compose import wallpapers

    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    files = [f for c in concepts for f in c["photos"]["train"] + c["photos"]["test"]]
    index = json.loads((WORK / "sprites.json").read_text())
    size = index["size"]
    pixels = np.memmap(WORK / "sprites.rgba", np.uint8, "r").reshape(-1, size, size, 4)
    papers = [p for i, p in enumerate(wallpapers()) if i % 4]  # the others are for measuring
    with ProcessPoolExecutor() as workers:
        write("photos", files, workers.map(packed_photo, files, chunksize=64))
        write("sprites", index["keys"], map(partial(packed_sprite, pixels=pixels), range(len(pixels))))
        write("papers", list(range(len(papers))), workers.map(packed_paper, papers))


def decoded(blob, mode, side):
    return stretched(Image.open(io.BytesIO(blob)).convert(mode), side)


def drawn_paper(seed):
    """A drawn background [3, 440, 720] that shows no named thing."""
    from .compose import cluttered_scene, drawn_scene, gradient, texture

    random = np.random.default_rng([99, seed])
    makers = [gradient, drawn_scene, texture, cluttered_scene, cluttered_scene, cluttered_scene]
    return np.asarray(makers[random.integers(len(makers))](random, PAPER[1], PAPER[0])).transpose(2, 0, 1)


def unpacked(name):
    """(items, their bytes)."""
    meta = json.loads((FOLDER / f"{name}.json").read_text())
    whole, ends = (FOLDER / f"{name}.bin").read_bytes(), np.cumsum(meta["sizes"])
    return meta["items"], [whole[end - size : end] for end, size in zip(ends, meta["sizes"])]


def paper(blob):
    return np.asarray(Image.open(io.BytesIO(blob)).convert("RGB")).transpose(2, 0, 1)


def tensors(rows, workers, mode, side):
    """Pictures as [(bytes, concept, weight)] -> what Scenes takes."""
    blobs, concepts, weights = zip(*rows)
    pixels, shapes = zip(*workers.map(partial(decoded, mode=mode, side=side), blobs, chunksize=64))
    return {"pixels": torch.from_numpy(np.stack(pixels)), "shapes": torch.tensor(shapes, dtype=torch.float32),
            "concepts": torch.tensor(concepts), "weights": torch.tensor(weights, dtype=torch.float32)}


def load(device=DEVICE, papers=PAPERS):
    """(training scenes, scenes of held-out photographs and of the held-out style)."""
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    with ProcessPoolExecutor(os.cpu_count()) as workers:
        drawn = workers.map(drawn_paper, range(papers - 300), chunksize=16)
        wall = list(workers.map(paper, unpacked("papers")[1], chunksize=16))
        photo, sprite = (dict(zip(*unpacked(name))) for name in ("photos", "sprites"))
        splits = {"train": [], "test": []}
        for split, rows in splits.items():
            for i, c in enumerate(concepts):
                files = c["photos"][split]
                rows += [(photo[f], i, len(files) ** 0.35 / len(files)) for f in files]
        drawings = {"train": [], "test": []}
        for i, c in enumerate(concepts):
            if not c["heldOut"]:
                for s in c["sprites"]:
                    if s["key"] in sprite:
                        drawings["test" if s["style"] == HELD_OUT_STYLE else "train"].append((sprite[s["key"]], i, 1.0))
        photos = {split: tensors(rows, workers, "RGB", PHOTO) for split, rows in splits.items()}
        sprites = {split: tensors(rows, workers, "RGBA", SPRITE) for split, rows in drawings.items()}
        backgrounds = torch.from_numpy(np.stack(wall * 2 + list(drawn)))
    half = torch.float16 if device == "cuda" else torch.float32
    return tuple(Scenes(sprites[split], photos[split], backgrounds, device, half) for split in ("train", "test"))


if __name__ == "__main__":
    pack()
