"""Trains the byte-level BPE vocabulary that the text tower and the decoder share.

    python -m longview_training.tokenizer

Lower-cases; special tokens first (their ids are fixed). Names of concepts are weighted so that most are one token.
"""

import json

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers

from .paths import WORK
from .words import COCO, PLACES, phrases, vocabulary

SPECIAL = ["<|end|>", "<|user|>", "<|answer|>", "<|vision_start|>", "<|vision_end|>", "<|video|>"]
VOCABULARY = 8192


def corpus():
    """Texts whose word frequencies decide the merges."""
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    nouns, weights, verbs, verb_weights = vocabulary()
    for name in [n for c in concepts for n in c["names"]] + COCO + PLACES:
        yield f" {name} " * 60
    for word, weight in zip(nouns + verbs, list(weights) + list(verb_weights)):
        yield f" {word} " * max(1, int(weight * 3))
    yield from phrases(60_000, 11)
    from .questions import QUESTIONS, fill

    for templates in QUESTIONS.values():
        for template in templates:
            yield (fill(template, "dog") + " ") * 400
    yield "yes no nothing not shown, one two three four five six seven eight nine ten 0 1 2 3 4 5 6 7 8 9 " * 500


def load():
    return Tokenizer.from_file(str(WORK / "tokenizer.json"))


if __name__ == "__main__":
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY, special_tokens=SPECIAL, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False)
    tokenizer.train_from_iterator(corpus(), trainer)
    tokenizer.save(str(WORK / "tokenizer.json"))
    concepts = json.loads((WORK / "concepts.json").read_text())["concepts"]
    lengths = [len(tokenizer.encode(" " + c["name"]).ids) for c in concepts]
    print("vocabulary", tokenizer.get_vocab_size(), "tokens per concept name", sum(lengths) / len(lengths), "longest", max(lengths))
