"""Words and phrases: what the tokenizer is trained on and what the text tower learns to place.

WordNet (Debian's wordnet-base) and emojibase are training input only; nothing of them is kept but what the tower learnt.
"""

import json
import re
from functools import cache

import numpy as np

from .paths import SOURCES, WORK

COCO = (
    "person,bicycle,car,motorcycle,airplane,bus,train,truck,boat,traffic light,fire hydrant,stop sign,parking meter,bench,bird,cat,dog,"
    "horse,sheep,cow,elephant,bear,zebra,giraffe,backpack,umbrella,handbag,tie,suitcase,frisbee,skis,snowboard,sports ball,kite,"
    "baseball bat,baseball glove,skateboard,surfboard,tennis racket,bottle,wine glass,cup,fork,knife,spoon,bowl,banana,apple,sandwich,"
    "orange,broccoli,carrot,hot dog,pizza,donut,cake,chair,couch,potted plant,bed,dining table,toilet,tv,laptop,mouse,remote,keyboard,"
    "cell phone,microwave,oven,toaster,sink,refrigerator,book,clock,vase,scissors,teddy bear,hair drier,toothbrush"
).split(",")
COLOURS = "red,blue,green,yellow,black,white,brown,pink,purple,orange,grey,golden,silver,dark,bright".split(",")
PEOPLE = "a man,a woman,a person,a child,a boy,a girl,people,two people,someone,a crowd,a group of friends".split(",")
PLACES = (
    "street,beach,kitchen,forest,city,park,field,room,garden,office,road,mountain,river,lake,sea,desert,snow,market,restaurant,school,"
    "station,airport,stadium,bridge,farm,house,table,sofa,floor,wall,sky,water,grass,window,car,boat,stage,shop,library,harbour,night"
).split(",")
TEMPLATES = [
    "{k}", "{k}", "a {k}", "a {k}", "the {k}", "a photo of a {k}", "a photo of a {k}", "a picture of a {k}", "an image of a {k}", "a drawing of a {k}",
    "a {k} in the {p}", "a {k} on the {p}", "a {c} {k}", "{c} {k}", "a small {k}", "a large {k}", "two {k}s", "many {k}s", "{k}s", "a {k} and a {k2}",
    "a {k} next to a {k2}", "{who} with a {k}", "{who} holding a {k}", "a close-up of a {k}", "a video of a {k}", "the {k} appears",
    "where is the {k}", "a {k} at night", "{who} {v} in the {p}", "{who} {v}", "{who} is {v}", "a {k} {v}", "{v}", "the {p} at sunset", "{v} a {k}",
    "someone {v} near a {k}", "a {c} {k} on a {c2} background", "a cartoon {k}", "show me the {k}", "find a {k}", "scene with a {k}", "a {k} moving to the left",
]


def wordnet(part):
    """[(lemma, tagged occurrences)] of a part of speech, letters only, at most three words."""
    lemmas = []
    for line in (SOURCES / f"root/usr/share/wordnet/index.{part}").read_text().split("\n"):
        if not line or line.startswith(" "):
            continue
        fields = line.split()
        lemma = fields[0].replace("_", " ")
        if re.fullmatch(r"[a-z][a-z' -]{1,28}", lemma) and lemma.count(" ") < 3:
            lemmas.append((lemma, int(fields[-1 - int(fields[2])])))
    return lemmas


def gerund(verb):
    """The -ing form, by the common spelling rules."""
    head, *rest = verb.split(" ")
    if head.endswith("ie"):
        head = head[:-2] + "y"
    elif head.endswith("e") and not head.endswith(("ee", "oe", "ye")):
        head = head[:-1]
    elif re.fullmatch(r"[^aeiou]*[aeiou][bdgmnprt]", head):
        head += head[-1]
    return " ".join([head + "ing", *rest])


@cache
def vocabulary():
    """Weighted nouns and verbs: (nouns, their weights, verbs, their weights)."""
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    emoji = json.loads((SOURCES / "node_modules/emojibase-data/en/data.json").read_text())
    weight = {}
    for lemma, count in wordnet("noun"):
        weight[lemma] = 0.25 + min(count, 60) ** 0.5 * (1 if " " not in lemma else 0.5)
    for entry in emoji:
        for tag in [entry["label"].lower(), *entry.get("tags", [])]:
            tag = tag.lower().replace("’", "'")
            if re.fullmatch(r"[a-z][a-z' -]+", tag):
                weight[tag] = max(weight.get(tag, 0), 4)
    for name in [n for c in concepts for n in c["names"]] + COCO:
        weight[name] = 25
    verbs = {gerund(v): 0.1 + min(c, 60) ** 0.5 for v, c in wordnet("verb") if c > 0}
    return list(weight), np.array(list(weight.values())), list(verbs), np.array(list(verbs.values()))


def an(phrase):
    """Corrects "a" before a vowel."""
    return re.sub(r"\ba ([aeio])", r"an \1", phrase)


def phrases(count, seed):
    """Random phrases over the whole vocabulary."""
    random = np.random.default_rng(seed)
    nouns, noun_weight, verbs, verb_weight = vocabulary()
    k = random.choice(len(nouns), (count, 2), p=noun_weight / noun_weight.sum())
    v = random.choice(len(verbs), count, p=verb_weight / verb_weight.sum())
    out = []
    for i in range(count):
        template = TEMPLATES[random.integers(len(TEMPLATES))]
        pick = lambda table: table[random.integers(len(table))]
        out.append(an(template.format(k=nouns[k[i, 0]], k2=nouns[k[i, 1]], v=verbs[v[i]], c=pick(COLOURS), c2=pick(COLOURS), who=pick(PEOPLE), p=pick(PLACES))))
    return out
