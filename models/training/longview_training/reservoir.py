"""Frames for training, composed beside it: what the trunk's lower half saw of the last tens of thousands, drawn at random.

Composing a frame takes longer than a step on it, so on a GPU a thread with a stream of its own composes without end, and each frame is
drawn about as often as training is faster than composing.
"""

import threading

import torch

from .head import COLUMNS, ROWS
from .trunk import LOWER


class Reservoir:
    """The last `capacity` composed frames as the lower half sees them (147 kB each) with their labels."""

    def __init__(self, compose, capacity, device, batch=256):
        """compose: how many -> (middle [n, 32, 36, 64], labels [n, 2])."""
        self.compose, self.capacity, self.device, self.batch = compose, capacity, device, batch
        half = torch.float16 if device == "cuda" else torch.float32
        self.middle = torch.empty(capacity, LOWER[-1][4], 4 * ROWS, 4 * COLUMNS, device=device, dtype=half)
        self.labels = torch.empty(capacity, 2, device=device, dtype=torch.long)
        #: Frames composed so far.
        self.count = 0
        self.error = None
        self.ending = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def add(self):
        """Composes a batch in place of the oldest."""
        with torch.no_grad():
            middle, labels = self.compose(self.batch)
        at = self.count % self.capacity
        self.middle[at : at + self.batch], self.labels[at : at + self.batch] = middle, labels
        if self.device == "cuda":
            torch.cuda.current_stream().synchronize()
        self.count += self.batch

    def run(self):
        try:
            with torch.cuda.stream(torch.cuda.Stream()):
                while not self.ending.is_set():
                    self.add()
        except BaseException as error:  # told by draw(): a thread's own end is silent
            self.error = error

    def draw(self, n):
        """@returns middle [n, 32, 36, 64] and labels [n, 2] of frames drawn at random."""
        if self.error:
            raise RuntimeError("no more frames could be composed") from self.error
        rows = torch.randint(min(self.count, self.capacity), (n,), device=self.device)
        return self.middle[rows].float(), self.labels[rows]

    def start(self, first):
        """Composes the first frames, then goes on beside the caller. On a CPU, which has no time for both, only the first."""
        while self.count < first:
            self.add()
        if self.device == "cuda":
            self.thread.start()

    def stop(self):
        self.ending.set()
        if self.thread.is_alive():
            self.thread.join()
