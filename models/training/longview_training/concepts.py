"""Builds the table of concepts: what it is called, and which pictures show it.

Writes work/concepts.json: {"concepts": [{"name", "names", "group", "heldOut", "photos": {"train", "test"},
"sprites": [{"style", "key"}], "kinds": {kind: whether it is one}}]}. A sprite's key names its source; rasterise.mjs makes the pixels.
"""

import json
import re
from collections import defaultdict

import numpy as np

from . import merges
from .kinds import KINDS, kinds_of
from .paths import NATURAL, SOURCES, TRAINING, WORK

STYLES = ["noto", "twemoji", "openmoji", "fluent-emoji", "fluent-emoji-flat", "fluent-3d", "stamp"]
#: A whole drawing style kept out of training.
HELD_OUT_STYLE = "openmoji"
SUBGROUPS = {  # emojibase subgroup name -> group of ours
    "animal-mammal": "mammal", "animal-bird": "bird", "animal-amphibian": "amphibian", "animal-reptile": "reptile",
    "animal-marine": "marine", "animal-bug": "bug", "plant-flower": "flower", "plant-other": "plant",
    "food-fruit": "fruit", "food-vegetable": "vegetable", "food-prepared": "prepared", "food-asian": "asian",
    "food-sweet": "sweet", "drink": "drink", "place-building": "building", "place-religious": "religious",
    "transport-ground": "ground", "transport-water": "water", "transport-air": "air", "musical-instrument": "instrument",
    "clothing": "clothing", "tool": "tool", "sport": "sport",
}
EXTRA = ["red heart", "skull", "pile of poo", "clown face", "ghost", "alien", "robot"]


def emoji_concepts():
    """emoji label -> (concept, hexcode, group)."""
    data = json.loads((SOURCES / "node_modules/emojibase-data/en/data.json").read_text())
    names = json.loads((SOURCES / "node_modules/emojibase-data/en/messages.json").read_text())
    subgroup = {entry["order"]: entry["key"] for entry in names["subgroups"]}
    merged = {label: concept for concept, labels in merges.MERGED.items() for label in labels}
    for entry in data:
        label, group = entry["label"], entry.get("group")
        if label not in merged and label not in EXTRA:
            if group not in (3, 4, 5, 6, 7) or re.search(merges.SKIPPED, label):
                continue
        yield merged.get(label, label.lower().replace("’", "'")), entry["hexcode"], SUBGROUPS.get(subgroup.get(entry.get("subgroup"), ""), "thing")


def emoji_sprites(hexcode):
    """The pictures of one emoji, one per style that has it."""
    short = hexcode.lower().replace("-fe0f", "")
    for style in STYLES[:5]:
        for code in (hexcode.lower(), short):
            if code in CHARS[style]:
                yield {"style": style, "key": f"{style}/{CHARS[style][code]}"}
                break
    for code in (hexcode.lower(), short, short + "-fe0f"):
        if (SOURCES / f"node_modules/@lobehub/fluent-emoji-3d/assets/{code}.webp").exists():
            yield {"style": "fluent-3d", "key": f"fluent-3d/{code}"}
            break


def read_chars():
    """style -> hexcode -> icon name."""
    chars = {}
    for style in STYLES[:5]:
        folder = SOURCES / "node_modules/@iconify-json" / style
        table = json.loads((folder / "chars.json").read_text()) if (folder / "chars.json").exists() else {}
        chars[style] = table
    icons = json.loads((SOURCES / "node_modules/@iconify-json/fluent-emoji/icons.json").read_text())["icons"]
    chars["fluent-emoji"] = {code: name for code, name in chars["fluent-emoji-flat"].items() if name in icons}
    return chars


def stamp_name(text, known):
    """A stamp's description as a concept's name, or None when it is not a plain noun."""
    match = re.match(r"^(?:a|an|some|the|it's a|two)\s+([a-z' -]{3,40})[.!]?$", text.strip().lower().replace("’", "'").split("  ")[0])
    if not match:
        return None
    if match[1].startswith("-"):
        return None
    words = re.sub(r"\b(pair|bunch|cluster|cup|head|loaf|string|plant) of\b", "", match[1])
    words = re.sub(r"\b(happy|little|very|small|big|large|young|whole|baby|old|ripe|colorful)\b", "", words).split()
    if not words or len(words) > 4:
        return None
    for start in range(len(words)):
        for name in (" ".join(words[start:]), " ".join(words[start:]).rstrip("s")):
            if name in known:
                return known[name]
    return " ".join(words) if len(words) <= 3 and "of" not in words and "in" not in words else None


def add_stamps(concepts, known):
    root = SOURCES / "root/usr/share/tuxpaint/stamps"
    for text in sorted(root.rglob("*.txt")):
        if re.search(r"alphabets|/math/|flags|symbols/(shapes|faces|chess)|body_parts|knight", str(text)):
            continue
        name = stamp_name(text.read_text(errors="ignore").split("\n")[0], known)
        picture = next((text.with_suffix(s) for s in (".svg", ".png") if text.with_suffix(s).exists()), None)
        if name and picture:
            concepts[name]["sprites"].append({"style": "stamp", "key": f"stamp/{picture.relative_to(root)}"})


def add_photos(concepts, seed=7):
    """Photographs by folder; 15 % of each kind are held out, fixed by the seed."""
    random = np.random.default_rng(seed)
    for folder in sorted(p for p in NATURAL.glob("*/*") if p.is_dir()):
        name = merges.FOLDERS.get(folder.name, folder.name.replace("-", " ") if folder.name != "t-shirt" else "t-shirt")
        files = sorted(str(p.relative_to(NATURAL)) for p in folder.iterdir())
        order = random.permutation(len(files))
        held = max(3, round(0.15 * len(files)))
        concepts[name]["photos"]["test"] += [files[i] for i in sorted(order[:held])]
        concepts[name]["photos"]["train"] += [files[i] for i in sorted(order[held:])]


CHARS = read_chars() if (SOURCES / "node_modules").exists() else {}


def build():
    """The concept table as plain data, sorted by name."""
    concepts = defaultdict(lambda: {"group": "thing", "sprites": [], "photos": {"train": [], "test": []}})
    for name, hexcode, group in emoji_concepts():
        concepts[name]["sprites"] += list(emoji_sprites(hexcode))
        if concepts[name]["group"] == "thing":
            concepts[name]["group"] = group
    add_photos(concepts)
    known = {n: name for name in list(concepts) for n in [name, *merges.SYNONYMS.get(name, [])]}
    add_stamps(concepts, known)
    for group, names in merges.GROUPS.items():
        for name in names.split():
            concepts[name.replace("_", " ")]["group"] = group
    held_out = set(merges.HELD_OUT)
    return [
        {"name": name, "names": [name, *merges.SYNONYMS.get(name, [])], "heldOut": name in held_out, **concepts[name],
         "kinds": kinds_of(name, concepts[name]["group"])}
        for name in sorted(concepts)
        if concepts[name]["sprites"] or concepts[name]["photos"]["train"]
    ]


def held_out(table):
    """What measuring needs to know (bench/model): held-out photographs by kind, unseen objects, the unseen style, and all that was learnt."""
    return {
        "photographs": {c["name"]: c["photos"]["test"] for c in table if c["photos"]["test"]},
        "objects": [c["name"] for c in table if c["heldOut"]],
        "style": HELD_OUT_STYLE,
        "learnt": {c["name"]: c["names"] for c in table if not c["heldOut"]},
        "kinds": {kind: {"are": [c["name"] for c in table if c["kinds"].get(kind)], "may be": [c["name"] for c in table if kind not in c["kinds"]]} for kind in KINDS},
    }


if __name__ == "__main__":
    table = build()
    (WORK / "concepts.json").write_text(json.dumps({"concepts": table}, indent=1))
    (TRAINING / "held-out.json").write_text(json.dumps(held_out(table), indent=1))
    print(len(table), "concepts;", sum(len(c["sprites"]) for c in table), "sprites;",
          sum(len(c["photos"]["train"]) for c in table), "training photographs")
