"""Composes videos and questions about them by indexing tensors: no Python loop over videos.

A batch of B videos has n shots over P >= n patches; every video brings one block per question:
`question <|answer|> answer <|end|>`. Blocks see the video and themselves only, so each is the prompt that `ask` sends.
"""

from dataclasses import dataclass

import torch

from .hope import GAMMAS, tables, text_positions, visual_positions
from .kinds import KINDS, NO, YES, membership, phrases
from .questions import NOT_SHOWN, NOTHING, NUMBERS, QUESTIONS, SIDES, article

PAD = -1
#: The questions of one video: (task, which thing is asked about).
SLOTS = [
    ("present", "shown"), ("present", "shown"), ("present", "hard"), ("present", "random"), ("after", "shown"), ("before", "shown"), ("ends", ""), ("list", ""), ("extra", "any"),
    ("present", "kind"),
]
EXTRA = ["after", "before", "count", "count"]


@dataclass
class Batch:
    rows: torch.Tensor  # [B, P] rows of the feature store
    shots: torch.Tensor  # [B, P] which shot a patch belongs to
    concepts: torch.Tensor  # [B, n], or [B, n * 2] of scenes with up to two things, PAD for none
    gamma: torch.Tensor  # [B]
    tokens: list  # per slot [B, L] token ids, padded with PAD on the right
    answers: list  # per slot [B, L] bool: token belongs to the answer
    tasks: list  # per slot


def padded(rows):
    """Lists of ids -> int64 [n, longest] filled up with PAD."""
    longest = max(map(len, rows))
    return torch.tensor([r + [PAD] * (longest - len(r)) for r in rows])


def squeeze_out(tokens, *others):
    """Moves padding to the right end of each row and cuts what is padding everywhere."""
    order = torch.argsort((tokens == PAD).long(), dim=1, stable=True)
    keep = int((tokens != PAD).sum(1).max())
    return [x.gather(1, order)[:, :keep] for x in (tokens, *others)]


class Words:
    """Token ids of everything that questions and answers are made of."""

    def __init__(self, tokenizer, concepts):
        encode = lambda text: tokenizer.encode(text).ids
        self.kinds = membership(concepts)
        self.end, self.user, self.answer, self.vision_start, self.vision_end = range(5)
        self.templates = {task: [self.parts(encode, t) for t in QUESTIONS[task]] for task in QUESTIONS}
        # Kinds are counted on after the concepts.
        names = [(i, n) for i, own in enumerate([c["names"] for c in concepts] + phrases()) for n in own]
        self.name_of = padded([[j for j, (i, _) in enumerate(names) if i == k] for k in range(len(concepts) + len(KINDS))])
        self.names = {form: padded([encode(" " + make(n)) for _, n in names]) for form, make in
                      {"a": article, "the": lambda n: "the " + n, "k": lambda n: n}.items()}
        self.reply = padded([encode(" " + c["name"]) for c in concepts])
        self.fixed = {text: torch.tensor(encode(text)) for text in [" yes", " no", NOT_SHOWN, NOTHING, *SIDES, *NUMBERS]}
        self.comma = encode(",")[0]
        ids = {int(t) for t in self.reply.flatten() if t != PAD} | {int(t) for f in self.fixed.values() for t in f}
        self.answer_ids = torch.tensor(sorted(ids | {self.comma, self.end}))

    @staticmethod
    def parts(encode, template):
        """(ids before the noun, form of the noun or None, ids after it)."""
        for form in ("a", "the", "k"):
            if (mark := "{" + form + "}") in template:
                before, after = template.split(mark)
                return encode(before.rstrip(" ")), form, encode(after)
        return encode(template), None, []

    def question(self, task, concept, random):
        """A phrasing of the task for each concept [B] -> ids [B, L]."""
        templates = self.templates[task]
        before, form, after = templates[int(torch.randint(len(templates), (), generator=random))]
        b = len(concept)
        pieces = [torch.tensor(before, dtype=torch.long).expand(b, -1)]
        if form:
            options = self.name_of[concept]
            count = (options != PAD).sum(1)
            pick = (torch.rand(b, generator=random) * count).long()
            pick = torch.where(torch.rand(b, generator=random) < 0.6, 0, pick)
            pieces += [self.names[form][options.gather(1, pick[:, None])[:, 0]], torch.tensor(after, dtype=torch.long).expand(b, -1)]
        return torch.cat(pieces, 1)


    def block(self, task, concept, reply, random):
        """A phrasing of the task for each concept [B], and its answer [B, L] -> ids [B, L] and which of them are the answer's."""
        question, b = self.question(task, concept, random), len(concept)
        block = torch.cat((question, torch.full((b, 1), self.answer), reply, torch.full((b, 1), self.end)), 1)
        is_answer = torch.zeros_like(block, dtype=torch.bool)
        is_answer[:, question.shape[1] + 1 :] = True
        block, is_answer = squeeze_out(block, is_answer)
        return block, is_answer & (block != PAD)


def draw_shots(b, n, patches, random):
    """Which of n shots each patch belongs to [b, P], in order; each has one at least."""
    extra = torch.randint(n, (b, patches - n), generator=random)
    return torch.cat((torch.arange(n).expand(b, n), extra), 1).sort(1).values


def draw_gammas(b, random):
    return torch.tensor(GAMMAS, dtype=torch.float64)[torch.randint(len(GAMMAS), (b,), generator=random)]


def choose(condition, yes, no):
    """Rows of `yes` where the condition [B] holds, rows of `no` elsewhere; both are ids [L] or [B, L]."""
    b = len(condition)
    yes, no = (x.expand(b, -1) if x.dim() == 1 else x for x in (yes, no))
    length = max(yes.shape[1], no.shape[1])
    widen = lambda x: torch.nn.functional.pad(x, (0, length - x.shape[1]), value=PAD)
    return torch.where(condition[:, None], widen(yes), widen(no))


class Composer:
    """Makes batches. rows_of [C, R] lists feature rows of each concept (PAD-padded); alike [C, 20] near concepts."""

    def __init__(self, words, rows_of, alike, seed=0):
        self.words, self.rows_of, self.alike = words, rows_of, alike
        self.usable = (rows_of != PAD).any(1).nonzero()[:, 0]
        self.row_count = (rows_of != PAD).sum(1)
        counts = self.row_count[self.usable]
        self.weight = torch.where(counts > 2.5 * counts.float().median(), 4.0, 1.0)
        self.random = torch.Generator(torch.get_default_device()).manual_seed(seed)
        self.kinds = words.kinds
        #: What is of some kind, by the number of its kinds.
        self.of_kinds = (self.kinds == YES) & (rows_of != PAD).any(1)[:, None]

    def uniform(self, *shape):
        return torch.rand(*shape, generator=self.random)

    def draw_kinds(self, b):
        """A kind [b] for each video: that of a thing drawn evenly, so that none is asked about more often than it is shown."""
        return torch.multinomial(self.of_kinds.float().sum(0), b, replacement=True, generator=self.random)

    def videos(self, b, n, patches, without):
        """Concepts [b, n], shot of each patch [b, P], feature rows [b, P]. A quarter of the videos repeat one thing.

        without [b]: a kind that a video shows nothing of, or PAD.
        """
        # Without replacement, by weight (Efraimidis and Spirakis): what has many frames (photographs) comes more often.
        allowed = (without == PAD)[:, None] | (self.kinds[self.usable][:, without] == NO).T
        order = torch.topk(self.uniform(b, len(self.usable)) ** (1 / self.weight) * allowed, n, dim=1).indices
        concepts = self.usable[order]
        if n >= 3:
            again = (self.uniform(b, n) < 0.5) & (torch.arange(n) % 2 == 0) & (self.uniform(b, 1) < 0.3)
            concepts = torch.where(again, concepts[:, :1], concepts)
        shots = draw_shots(b, n, patches, self.random)
        of_patch = concepts.gather(1, shots)
        pick = self.uniform(b, n).gather(1, shots)
        pick = torch.where(self.uniform(b, patches) < 0.3, self.uniform(b, patches), pick)
        rows = self.rows_of[of_patch, (pick * self.row_count[of_patch]).long()]
        return concepts, shots, rows

    def asked(self, which, concepts, without):
        """The concept [B] a question is about, or a kind, counted on after the concepts."""
        b, n = concepts.shape
        if which == "kind":
            # Where nothing is of a kind, one that nothing could be of.
            likely = self.of_kinds[concepts].sum(1) + 1e-6 * (self.kinds[concepts] == NO).all(1) + 1e-12
            some = torch.multinomial(likely, 1, generator=self.random)[:, 0]
            return len(self.kinds) + torch.where(without == PAD, some, without)
        shown = concepts[torch.arange(b), (self.uniform(b) * n).long()]
        anything = self.usable[(self.uniform(b) * len(self.usable)).long()]
        if which == "random":
            return anything
        if which == "hard":
            near = self.alike[shown]
            return near[torch.arange(b), (self.uniform(b) * near.shape[1]).long()]
        return torch.where(self.uniform(b) < 0.2, anything, shown) if which == "any" else shown

    def reply(self, task, which, concept, concepts):
        """The answer's ids [B, L]."""
        w = self.words
        b, n = concepts.shape
        here = concepts == concept[:, None]
        shown = here.any(1)
        if which == "kind":
            shown = self.of_kinds[concepts, (concept - len(self.kinds))[:, None]].any(1)
        if task == "present":
            return choose(shown, w.fixed[" yes"], w.fixed[" no"])
        if task == "count":
            numbers = padded([w.fixed[t].tolist() for t in NUMBERS])
            return numbers[here.sum(1).clamp(max=len(NUMBERS) - 1)]
        if task in ("first", "last"):
            return w.reply[concepts[:, 0 if task == "first" else -1]]
        if task == "list":
            commas = torch.full((b, n, 1), w.comma)
            commas[:, -1] = PAD
            return torch.cat((w.reply[concepts], commas), 2).flatten(1)
        step = 1 if task == "after" else -1
        place = here.float().argmax(1) + step
        neighbour = w.reply[concepts.gather(1, place.clamp(0, n - 1)[:, None])[:, 0]]
        answer = choose((place < 0) | (place >= n), w.fixed[NOTHING], neighbour)
        return choose(shown, answer, w.fixed[NOT_SHOWN])

    def batch(self, b, n, patches, slots=SLOTS):
        without = torch.where(self.uniform(b) < 0.5, self.draw_kinds(b), PAD)
        concepts, shots, rows = self.videos(b, n, patches, without)
        gamma = draw_gammas(b, self.random)
        tokens, answers, tasks = [], [], []
        for task, which in slots:
            if task == "ends":
                task = "first" if self.uniform(()) < 0.5 else "last"
            if task == "extra":
                task = EXTRA[int(self.uniform(()) * len(EXTRA))]
            if n == 1 and task == "list":
                task = "what"
            concept = self.asked(which, concepts, without) if which else concepts[:, 0]
            if task in ("after", "before"):  # what is shown several times has no one neighbour
                single = (concepts == concept[:, None]).sum(1) <= 1
                concept = torch.where(single, concept, concepts[:, 1 % n])
            reply = self.reply("list" if task == "what" else task, which, concept, concepts)
            block, is_answer = self.words.block(task, concept, reply, self.random)
            tokens.append(block), answers.append(is_answer), tasks.append("kind" if which == "kind" else task)
        return Batch(rows, shots, concepts, gamma, tokens, answers, tasks)


def layout(batch, grid, head_dim=32):
    """Everything the decoder needs besides embeddings.

    @returns text ids [B, 3 + sum L] (user, vision start, vision end, blocks), cos and sin [B, 1, S, d], mask [B, 1, S, S];
    the sequence is user, vision start, visual tokens, vision end, blocks.
    """
    b, patches = batch.rows.shape
    visual, after = visual_positions(batch.gamma, patches, grid, 2)
    start = torch.tensor([0.0, 1.0], dtype=torch.float64).expand(b, 2)
    positions = [text_positions(start), visual, text_positions(after[:, None])]
    blocks = [torch.zeros(b, 2 + visual.shape[1] + 1, dtype=torch.long)]
    valid = [torch.ones_like(blocks[0], dtype=torch.bool)]
    for index, tokens in enumerate(batch.tokens):
        positions.append(text_positions(after[:, None] + 1 + torch.arange(tokens.shape[1])))
        blocks.append(torch.full_like(tokens, index + 1))
        valid.append(tokens != PAD)
    block, real = torch.cat(blocks, 1), torch.cat(valid, 1)
    s = block.shape[1]
    causal = torch.ones(s, s, dtype=torch.bool).tril()
    mask = causal & ((block[:, None, :] == 0) | (block[:, None, :] == block[:, :, None])) & real[:, None, :]
    mask |= torch.eye(s, dtype=torch.bool)
    cos, sin = tables(torch.cat(positions, 1), head_dim)
    return cos, sin, mask[:, None]
