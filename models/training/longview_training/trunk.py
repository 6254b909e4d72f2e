"""The detector's trunk (MobileNetV3), in two halves: what stays as it is and runs once for both, and what the head has its own copy of.

The lower half is frozen and shared with the detector: frames -> 32 channels at an eighth of their size. The upper half starts as
the detector's and is trained on with the head: at a sixteenth, then at a thirty-second of the frame's size.
Batch normalisation is folded into the convolutions, as it is in eyes.onnx.
"""

import onnx
import torch
from onnx import numpy_helper
from torch import nn
from torch.nn import functional as F

from .paths import BUNDLE

#: Blocks as (channels in, inside, kernel, stride, channels out, inside the squeeze or 0, activation).
LOWER = [
    (16, 16, 3, 1, 16, 0, "relu"), (16, 64, 3, 2, 24, 0, "relu"), (24, 72, 3, 1, 24, 0, "relu"),
    (24, 72, 5, 2, 32, 24, "relu"), (32, 96, 5, 1, 32, 24, "relu"), (32, 96, 5, 1, 32, 24, "relu"),
]
MIDDLE = [
    (32, 192, 3, 2, 64, 0, "hswish"), (64, 160, 3, 1, 64, 0, "hswish"), (64, 144, 3, 1, 64, 0, "hswish"), (64, 144, 3, 1, 64, 0, "hswish"),
    (64, 384, 3, 1, 88, 96, "hswish"), (88, 528, 3, 1, 88, 136, "hswish"),
]
UPPER = [(88, 528, 5, 2, 120, 136, "hswish"), (120, 720, 5, 1, 120, 184, "hswish"), (120, 720, 5, 1, 120, 184, "hswish")]
LAST = (120, 480)


class Convolution(nn.Conv2d):
    """Padded as TensorFlow pads: what is over goes to the right and to the bottom."""

    def __init__(self, inputs, outputs, kernel=1, stride=1, groups=1):
        super().__init__(inputs, outputs, kernel, stride, 0, groups=groups)
        over = kernel - stride if stride > 1 else kernel - 1
        self.before, self.after = over // 2, over - over // 2
        if self.before == self.after:
            self.padding = (self.before, self.before)

    def forward(self, x):
        if self.before != self.after:
            x = F.pad(x, (self.before, self.after, self.before, self.after))
        return super().forward(x)


class Block(nn.Module):
    """An inverted residual: widen, filter each channel, weigh channels by what the whole frame holds, narrow."""

    def __init__(self, inputs, inner, kernel, stride, outputs, squeeze, activation):
        super().__init__()
        self.activation = F.relu if activation == "relu" else F.hardswish
        self.residual = stride == 1 and inputs == outputs
        if inner != inputs:
            self.expand = Convolution(inputs, inner)
        self.depthwise = Convolution(inner, inner, kernel, stride, inner)
        if squeeze:
            self.squeeze, self.excite = Convolution(inner, squeeze), Convolution(squeeze, inner)
        self.project = Convolution(inner, outputs)

    def forward(self, x):
        y = self.activation(self.expand(x)) if hasattr(self, "expand") else x
        y = self.activation(self.depthwise(y))
        if hasattr(self, "squeeze"):
            y = y * F.hardsigmoid(self.excite(F.relu(self.squeeze(y.mean((2, 3), keepdim=True)))))
        y = self.project(y)
        return x + y if self.residual else y


class Lower(nn.Module):
    def __init__(self):
        super().__init__()
        self.stem = Convolution(3, 16, 3, 2)
        self.blocks = nn.ModuleList(Block(*b) for b in LOWER)

    def forward(self, x):
        """Frames [n, 3, height, width] with values 0 to 255 -> [n, 32, height / 8, width / 8]."""
        x = F.hardswish(self.stem(x))
        for block in self.blocks:
            x = block(x)
        return x


class Upper(nn.Module):
    #: Channels of what comes out.
    CHANNELS = LAST[1] + LAST[0] + 2 * UPPER[0][0]

    def __init__(self):
        super().__init__()
        self.middle = nn.ModuleList(Block(*b) for b in MIDDLE)
        self.upper = nn.ModuleList(Block(*b) for b in UPPER)
        self.last = Convolution(*LAST)

    def forward(self, x):
        """[n, 32, rows * 4, columns * 4] -> [n, 776, rows, columns]: the last layers' channels, and means and maxima of those at
        twice the resolution (what is small must not drown in its surroundings)."""
        for block in self.middle:
            x = block(x)
        finer = (F.avg_pool2d(x, 2), F.max_pool2d(x, 2))
        for block in self.upper:
            x = block(x)
        return torch.cat((F.hardswish(self.last(x)), x, *finer), 1)


def halves():
    """(Lower, Upper) with the detector's weights."""
    graph = onnx.load(str(BUNDLE / "eyes.onnx")).graph
    values = {i.name: numpy_helper.to_array(i) for i in graph.initializer}
    source = {n.output[0]: n.input[0] for n in graph.node if n.op_type == "Cast"}
    weights = [[torch.tensor(values[source.get(name, name)]).float() for name in n.input[1:]] for n in graph.node
               if n.op_type == "Conv" and "CenternetHead" not in n.output[0]]
    lower, upper = Lower(), Upper()
    places = [m for half in (lower, upper) for m in half.modules() if isinstance(m, Convolution)]
    for place, (weight, bias) in zip(places, weights):
        assert place.weight.shape == weight.shape, (place, weight.shape)
        place.weight.data.copy_(weight), place.bias.data.copy_(bias)
    for p in lower.parameters():
        p.requires_grad_(False)
    return lower.eval(), upper
