"""Kinds of things ("an animal", "a vehicle"), and which concepts are one: what the decoder is taught to say yes to.

A concept is of a kind, or is not, where the emoji's own groups and WordNet's tree agree; else it is left open and never asked about.
"""

import re
from functools import cache

import torch

from .paths import SOURCES

YES, NO, OPEN = 1, 0, -1
#: kind -> (other words for it, groups of concepts, WordNet's words for it).
KINDS = {
    "animal": (["creature", "beast"], "mammal bird amphibian reptile marine bug", "animal"),
    "mammal": ([], "mammal", "mammal"),
    "bird": ([], "bird", "bird"),
    "insect": (["bug"], "bug", "insect arthropod"),
    "reptile": ([], "reptile", "reptile"),
    "sea animal": (["sea creature"], "marine", "aquatic_vertebrate crustacean mollusk cnidarian echinoderm cetacean sea_turtle pinniped_mammal"),
    "plant": ([], "flower plant", "plant flower"),
    "flower": ([], "flower", "flower"),
    "fruit": ([], "fruit", "edible_fruit"),
    "vegetable": ([], "vegetable", "vegetable"),
    "food": (["meal"], "fruit vegetable prepared asian sweet", "food foodstuff edible_fruit"),
    "drink": (["beverage"], "drink", "beverage"),
    "vehicle": (["means of transport"], "ground water air", "vehicle"),
    "watercraft": (["boat or ship"], "water", "vessel"),
    "building": (["structure"], "building religious", "building"),
    "musical instrument": (["instrument"], "instrument", "musical_instrument"),
    "clothing": (["clothes", "garment", "piece of clothing"], "clothing", "clothing footwear headdress"),
    "tool": (["utensil"], "tool", "tool"),
}
#: Senses of a word that are looked at: what nobody means in front of a picture is rarer.
SENSES = 2


@cache
def wordnet():
    """(word -> its synsets, the most common first; synset -> itself and all that it is)."""
    folder = SOURCES / "root/usr/share/wordnet"
    above, senses = {}, {}
    for line in (folder / "data.noun").read_text().split("\n"):
        if line[:1].isdigit():
            fields = line.split(" | ")[0].split()
            pointers = fields[4 + 2 * int(fields[3], 16):]
            above[fields[0]] = [pointers[i + 1] for i in range(1, len(pointers) - 3, 4) if pointers[i] in ("@", "@i")]
    for line in (folder / "index.noun").read_text().split("\n"):
        if line[:1].strip():
            fields = line.split()
            senses[fields[0]] = fields[-int(fields[2]):]

    @cache
    def closure(synset):
        return frozenset((synset,)).union(*map(closure, above[synset]))

    return senses, closure


def by_wordnet(name, words):
    """Whether what a name says is one of what the words say: YES, NO, or OPEN where its senses differ or it has none."""
    senses, closure = wordnet()
    thing = senses["physical_entity"][0]
    parts = re.sub(r"[’']s?", "", name).split()
    for start in range(len(parts)):
        known = [closure(s) for s in senses.get("_".join(parts[start:]), [])]
        known = [c for c in known if thing in c][:SENSES]
        if known:
            wanted = {s for w in words.split() for s in senses[w][:SENSES]}
            found = {bool(wanted & c) for c in known}
            return OPEN if len(found) > 1 else YES if found == {True} else NO
    return OPEN


def kinds_of(name, group):
    """{kind: whether a concept is one}, without the kinds that are left open."""
    told = {}
    for kind, (_, groups, words) in KINDS.items():
        answer = by_wordnet(name, words)
        if group != "thing":
            grouped = YES if group in groups.split() else NO
            answer = grouped if answer in (grouped, OPEN) else OPEN
        if answer != OPEN:
            told[kind] = answer == YES
    return told


def membership(concepts):
    """[concepts, kinds] of YES, NO and OPEN."""
    return torch.tensor([[int(c["kinds"].get(kind, OPEN)) for kind in KINDS] for c in concepts])


def phrases():
    """What each kind is called."""
    return [[kind, *others] for kind, (others, _, _) in KINDS.items()]
