"""The same small VLM trained under every position encoding: same start, same videos, same steps.

    python -m longview_training.compare VARIANT [SEED] [STEPS]      work/compare/VARIANT-SEED.pt (resumes)

VARIANT is rope, tad-rope, m-rope, videorope, hope, or hfa (hope without dynamic temporal scaling, for the ablation).
On a GPU where there is one, else one thread. Measured by compare_measure.py.
"""

import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from .compare_positions import ABLATION, VARIANTS, gamma_of, tables, visual_positions
from .compare_videos import DENSE, GRID, WIDTH, Composer, load
from .paths import DEVICE, WORK
from .qwen import Qwen, QwenConfig
from .text_tower import optimisers

TRAINED_PATCHES, BATCH, RATE, NOISE, HELP = 8, 16, 2e-3, 0.2, 0.15
STEPS = 2000


class Reader(nn.Module):
    """A linear visual projection and a decoder of three layers of 96; words start where their kind's patches lie."""

    def __init__(self, words, means, hidden=96, layers=3):
        super().__init__()
        self.words = words
        self.qwen = Qwen(QwenConfig(words.size, hidden, 240, layers, 3, 3, 32))
        self.visual = nn.Linear(WIDTH, hidden)
        self.helpers = nn.ModuleList(nn.Linear(hidden, words.kinds) for _ in range(2))
        with torch.no_grad():
            turn = torch.linalg.qr(torch.randn(hidden, WIDTH))[0]
            self.visual.weight.copy_(turn)
            self.visual.bias.zero_()
            scale = self.qwen.embed_tokens.weight.std() / (means @ turn.T).std()
            self.qwen.embed_tokens.weight[words.kind : words.kind + words.kinds] = means @ turn.T * scale * 5

    def forward(self, variant, videos, gamma):
        """Logits [b, questions, vocabulary] of each question's answer, and what layer 2 makes of the visual tokens [b, v, hidden].

        gamma [b] is what the positions are made with.
        """
        w, (b, n) = self.words, videos.tokens.shape[:2]
        asked = videos.questions.flatten(1)
        visual, after, step = visual_positions(variant, gamma, n, GRID, 2)
        text = lambda index: index[..., None].expand(*index.shape, 3)
        start = torch.arange(2, dtype=torch.float64).expand(b, 2) * step
        blocks = after[:, None] + step * torch.tensor([0.0] + [1.0, 2.0] * videos.questions.shape[1], dtype=torch.float64)
        cos, sin = tables(variant, torch.cat((text(start), visual, text(blocks)), 1))
        words = self.qwen.embed_tokens(torch.cat((torch.tensor([[w.user, w.vision_start, w.vision_end]]).expand(b, -1), asked), 1))
        seen = self.visual(videos.tokens.flatten(1, 3))
        x, v = torch.cat((words[:, :2], seen, words[:, 2:]), 1), seen.shape[1]
        mask = self.mask(v, videos.questions.shape[1])
        for index, layer in enumerate(self.qwen.layers):
            x = layer(x, cos, sin, mask)
            if index == 1:
                middle = x[:, 2 : 2 + v]
        return self.qwen.logits(self.qwen.norm(x)[:, 3 + v + 1 :: 2]), middle

    @staticmethod
    def mask(visual, questions):
        """Causal; each question sees the video and itself. [1, 1, s, s]"""
        common = 3 + visual
        block = torch.cat((torch.zeros(common), torch.arange(questions).repeat_interleave(2) + 1))
        mask = (block[None] == 0) | (block[None] == block[:, None])
        return (mask & torch.ones_like(mask).tril())[None, None]


def helper_loss(reader, middle, kinds):
    """Two helpers from below, dropped after training: name what each token shows, and the same token of the patch before.

    middle [b, v, hidden]; kinds [b, n, 2] of the left and right column.
    """
    own = kinds[:, :, None].expand(-1, -1, GRID[0], -1).flatten(1)
    each = GRID[0] * GRID[1]
    loss = F.cross_entropy(reader.helpers[0](middle).flatten(0, 1), own.flatten())
    return loss + F.cross_entropy(reader.helpers[1](middle[:, each:]).flatten(0, 1), own[:, :-each].flatten())


def length_at(step, steps, random):
    """Videos grow while skills form: up to 4 patches, then up to 8, at the end nearly all of 8."""
    done = step / steps
    least, most = (2, 4) if done < 0.25 else (2, TRAINED_PATCHES) if done < 0.75 else (6, TRAINED_PATCHES)
    return int(torch.randint(least, most + 1, (), generator=random, device="cpu"))


def train(variant, seed, steps):
    torch.set_num_threads(1)
    torch.set_default_device(DEVICE)
    path = WORK / f"compare/{variant}-{seed}.pt"
    path.parent.mkdir(exist_ok=True)
    photographs = load()[0]
    torch.manual_seed(seed)
    composer, lengths = Composer(photographs, seed), torch.Generator("cpu").manual_seed(seed)
    reader = Reader(composer.words, photographs.means)
    both = optimisers(reader, RATE)
    state = torch.load(path, map_location=DEVICE) if path.exists() else None
    done, spent = (state["step"], state["seconds"]) if state else (0, 0.0)
    if state:
        reader.load_state_dict(state["model"])
        for optimiser, kept in zip(both, state["optimisers"]):
            optimiser.load_state_dict(kept)
        composer.random.set_state(state["videos"].cpu()), lengths.set_state(state["lengths"].cpu()), torch.set_rng_state(state["noise"].cpu())
    begun, tally = time.time() - spent, {}
    for step in range(done, steps):
        factor = min(1, (step + 1) / 100) * min(1, max(0.02, (1 - step / steps) * 3))
        both[0].param_groups[0]["lr"], both[1].param_groups[0]["lr"] = RATE * 5 * factor, RATE * factor
        videos = composer.videos(BATCH, length_at(step, steps, lengths))
        videos.tokens = videos.tokens + torch.randn(videos.tokens.shape) * NOISE
        with torch.autocast(DEVICE, torch.bfloat16):
            logits, middle = reader(variant, videos, gamma_of(variant, videos.gamma))
            extra = helper_loss(reader, middle, videos.kinds)
        loss = F.cross_entropy(logits.float().flatten(0, 1), videos.answers.flatten(), ignore_index=-1)
        reader.zero_grad()
        (loss + HELP * extra).backward()
        nn.utils.clip_grad_norm_(reader.parameters(), 1.0)
        for optimiser in both:
            optimiser.step()
        hit = logits.argmax(-1) == videos.answers
        for index, task in enumerate(DENSE):
            entry = tally.setdefault(task, [0, 0])
            entry[0] += int(hit[:, index].sum())
            entry[1] += int((videos.answers[:, index] >= 0).sum())
        if (step + 1) % 100 == 0 or step + 1 == steps:
            score = {t: round(ok / max(1, count), 2) for t, (ok, count) in tally.items()}
            print(f"{variant} {seed} step {step + 1} {(time.time() - begun) / 60:.1f} min loss {loss:.3f} helper {extra:.2f} {score}", flush=True)
            tally = {}
            torch.save({"model": reader.state_dict(), "optimisers": [o.state_dict() for o in both], "step": step + 1, "steps": steps, "seconds": time.time() - begun,
                        "videos": composer.random.get_state(), "lengths": lengths.get_state(), "noise": torch.get_rng_state()}, path)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in (*VARIANTS, ABLATION):
        sys.exit(f"usage: python -m longview_training.compare {'|'.join((*VARIANTS, ABLATION))} [seed] [steps]")
    train(sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 0, int(sys.argv[3]) if len(sys.argv) > 3 else STEPS)
