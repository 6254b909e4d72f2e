"""Composes videos whose frames show up to two things at known places, and questions about what is where: as episodes.py, by tensor indexing."""

import torch

from .episodes import PAD, Batch, choose, draw_gammas, draw_shots
from .kinds import NO, YES
from .questions import NOT_SHOWN, NOTHING, SIDES

#: The questions of one video: (task, which thing is asked about).
SLOTS = [
    ("present", "shown"), ("present", "shown"), ("present", "hard"), ("present", "random"), ("present", "kind"), ("where", "shown"), ("where", "shown"), ("where", "any"),
    ("beside", "shown"), ("beside", "shown"),
]
#: A thing whose middle is left of the first, or right of the second, is at that side; else in the middle.
LEFT, RIGHT = 0.42, 0.58


class Composer:
    """Makes batches of frames whose things have places. looks: how many rows, one after the other, show the same frame.

    concepts [rows, 2] (PAD: none); places [rows, 2] from left (0) to right (1); alike [C, 20] near concepts.
    """

    def __init__(self, words, concepts, places, looks, alike, seed=0):
        self.words, self.concepts, self.places, self.looks, self.alike = words, concepts, places, looks, alike
        self.frames = (~places[::looks, 0].isnan() | (concepts[::looks, 0] == PAD)).nonzero()[:, 0] * looks
        self.usable = torch.unique(concepts[concepts != PAD])
        self.random = torch.Generator(torch.get_default_device()).manual_seed(seed)

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.random)

    def draw(self, weights):
        """One of each row's candidates, by weight [b, n] -> [b]."""
        return torch.multinomial(weights, 1, generator=self.random)[:, 0]

    def kind(self, concepts):
        """A kind for each video, counted on after the concepts, and whether something is of it: as often so as not, none that is open."""
        of = torch.where((concepts == PAD)[..., None], NO, self.words.kinds[concepts])
        some, none = (of == YES).any(1), (of == NO).all(1)
        wanted = torch.where(self.uniform(len(of), 1) < 0.5, some, none)
        kind = self.draw(wanted + 1e-6 * (some | none) + 1e-12)
        return len(self.words.kinds) + kind, some[torch.arange(len(of)), kind]

    def asked(self, which, concepts, once):
        """The concept [B] a question is about. once [B, 2n]: what is shown a single time."""
        shown = concepts[torch.arange(len(concepts)), self.draw(once + 1e-6 * (concepts != PAD) + 1e-12)]
        anything = self.usable[(self.uniform(len(concepts)) * len(self.usable)).long()]
        shown = torch.where(shown == PAD, anything, shown)
        if which == "hard":
            near = self.alike[shown]
            return near[torch.arange(len(near)), (self.uniform(len(near)) * near.shape[1]).long()]
        return torch.where(self.uniform(len(concepts)) < (0.5 if which == "any" else which == "random"), anything, shown)

    def reply(self, task, concept, concepts, places):
        """The answer's ids [B, L]."""
        w, here = self.words, concepts == concept[:, None]
        place = here.float().argmax(1)[:, None]
        if task == "present":
            return choose(here.any(1), w.fixed[" yes"], w.fixed[" no"])
        if task == "where":
            x = places.gather(1, place)
            left, middle, right = (w.fixed[side] for side in SIDES)
            at = choose(x[:, 0] < LEFT, left, choose(x[:, 0] > RIGHT, right, middle))
        else:
            other = concepts.gather(1, place ^ 1)[:, 0]
            at = choose(other == PAD, w.fixed[NOTHING], w.reply[other])
        return choose(here.any(1), at, w.fixed[NOT_SHOWN])

    def batch(self, b, n, patches):
        """B videos of n frames over P patches."""
        frames = self.frames[torch.randint(len(self.frames), (b, n), generator=self.random)]
        shots = draw_shots(b, n, patches, self.random)
        rows = frames.gather(1, shots) + torch.randint(self.looks, (b, patches), generator=self.random)
        concepts, places = self.concepts[frames].flatten(1), self.places[frames].flatten(1)
        once = ((concepts[:, :, None] == concepts[:, None]).sum(2) == 1) & (concepts != PAD)
        tokens, answers, tasks = [], [], []
        for task, which in SLOTS:
            if which == "kind":
                concept, some = self.kind(concepts)
                reply = choose(some, self.words.fixed[" yes"], self.words.fixed[" no"])
            else:
                concept = self.asked(which, concepts, once)
                reply = self.reply(task, concept, concepts, places)
            block, is_answer = self.words.block(task, concept, reply, self.random)
            tokens.append(block), answers.append(is_answer), tasks.append(f"scene {which if which == 'kind' else task}")
        return Batch(rows, shots, concepts, draw_gammas(b, self.random), tokens, answers, tasks)
