"""What things are called: all names with what they hold for, and the phrasings that they are said in."""

import torch

from . import merges
from .questions import article
from .words import COCO

PHRASINGS = ["a photo of {a}", "{k}", "{a}", "a picture of {a}", "an image of {a}", "a drawing of {a}", "a video of {a}", "a scene with {a}"]


def phrased(names):
    """Every name in every phrasing, phrasing by phrasing."""
    return [p.format(k=n, a=article(n)) for p in PHRASINGS for n in names]


def name_table(concepts):
    """All names with the concepts they hold for: (names, bool [concepts, names]); kinds ("animal") hold for many."""
    names = list(dict.fromkeys([n for c in concepts for n in c["names"]] + COCO + list(merges.KINDS)))
    index = {n: i for i, n in enumerate(names)}
    holds = torch.zeros(len(concepts), len(names), dtype=torch.bool)
    for i, c in enumerate(concepts):
        holds[i, [index[n] for n in c["names"]]] = True
        for kind, table in merges.KINDS.items():
            if c["group"] in table["groups"]:
                holds[i, index[kind]] = True
        # A name that ends in another concept's name is one of those ("alarm clock" is a clock): never a wrong answer.
        for n in names:
            if c["name"].endswith(" " + n):
                holds[i, index[n]] = True
    return names, holds


def specific(holds, concepts, names):
    """Chance with which a name is drawn as the right one: the concept's own names most, kinds seldom."""
    index = {n: i for i, n in enumerate(names)}
    weight = holds.float() * 0.06
    for i, c in enumerate(concepts):
        weight[i, [index[n] for n in c["names"]]] = 0.5
        weight[i, index[c["name"]]] = 2.0
    return weight
