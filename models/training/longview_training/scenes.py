"""Composes training frames by the hundred on one device (a GPU, or slowly a CPU): photographs filmed, drawings in scenes.

All pictures lie in the device's memory as bytes; a frame is a background and up to two things laid over it, each one sampled through
a matrix of its own; then light, focus, noise, compression and bars are drawn for every frame. compose.py composes what is measured on.
"""

import math

import numpy as np
import torch
from torch.nn import functional as F

from .compose import HEIGHT, WIDTH

#: Side of the squares that drawings and photographs are kept in, and the size of backgrounds.
SPRITE, PHOTO, PAPER = 224, 256, (440, 720)
#: In what share of a batch a photograph is shown; in what share of the scenes two drawings; how often two frames are laid over each other.
PHOTOS, PAIRS, BLENDS = 0.45, 0.22, 0.12


def uniform(n, low, high, device):
    return torch.rand(n, device=device) * (high - low) + low


def chance(n, p, device):
    return torch.rand(n, device=device) < p


def matrices(centre, size, angle, flip):
    """[n, 2, 3] from the frame's coordinates to a thing's (both -1 to 1).

    centre [n, 2] and size [n, 2] in frames (x, y; size is the whole width and height), angle in radians, flip [n] bool.
    """
    c, s = angle.cos(), angle.sin()
    aspect = WIDTH / HEIGHT
    # A frame's point, from the centre, in units of the frame's height.
    x_of_x, x_of_y, y_of_x, y_of_y = c * aspect, s, -s * aspect, c
    half = size * 0.5 * torch.tensor([aspect, 1.0], device=size.device)
    mirrored = torch.where(flip, -1.0, 1.0)
    linear = torch.stack((torch.stack((x_of_x * mirrored, x_of_y * mirrored), -1) / half[:, :1], torch.stack((y_of_x, y_of_y), -1) / half[:, 1:]), 1) * 0.5
    middle = centre * 2 - 1
    return torch.cat((linear, -(linear @ middle[:, :, None])), 2)


def sample(pictures, theta, mode="bilinear", padding="border", height=HEIGHT, width=WIDTH):
    """Pictures [n, c, h, w] through matrices [n, 2, 3] -> [n, c, height, width]."""
    if not len(pictures):
        return pictures.new_empty(0, pictures.shape[1], height, width)
    grid = F.affine_grid(theta, (len(pictures), 1, height, width), align_corners=False)
    return F.grid_sample(pictures.float(), grid, mode=mode, padding_mode=padding, align_corners=False).to(pictures.dtype)


def luminance(rgb):
    return (rgb * torch.tensor([0.299, 0.587, 0.114], device=rgb.device, dtype=rgb.dtype)[:, None, None]).sum(1, keepdim=True)


def each(values, rgb):
    return values.to(rgb.dtype)[:, None, None, None]


def turned(rgb, angle):
    """Colours turned around the grey axis by an angle [n]."""
    c, s, third = angle.cos(), angle.sin(), math.sqrt(1 / 3)
    eye, ones = torch.eye(3, device=rgb.device), torch.ones(3, 3, device=rgb.device) / 3
    cross = torch.tensor([[0.0, -1, 1], [1, 0, -1], [-1, 1, 0]], device=rgb.device) * third
    turn = c[:, None, None] * eye + (1 - c)[:, None, None] * ones + s[:, None, None] * cross
    return torch.einsum("nij,njhw->nihw", turn.to(rgb.dtype), rgb)


def blurred(rgb, sigma, taps=11):
    """Gaussian blur with a width [n] of its own for each frame."""
    n, c, h, w = rgb.shape
    if not n:
        return rgb
    at = torch.arange(taps, device=rgb.device) - taps // 2
    kernel = torch.exp(-0.5 * (at / sigma[:, None]) ** 2)
    kernel = (kernel / kernel.sum(1, keepdim=True)).to(rgb.dtype).repeat_interleave(c, 0)
    x = F.pad(rgb, (taps // 2,) * 4, mode="replicate").flatten(0, 1)[None]
    x = F.conv2d(x, kernel[:, None, :, None], groups=n * c)
    return F.conv2d(x, kernel[:, None, None, :], groups=n * c).view(n, c, h, w)


def cosines(device):
    k = torch.arange(8, device=device, dtype=torch.float32)
    d = torch.cos((2 * k[None] + 1) * k[:, None] * math.pi / 16) * 0.5
    d[0] *= math.sqrt(0.5)
    return d


def compressed(rgb, quality):
    """What is left of frames after blocks of 8 x 8 cosines, in steps that grow with their frequency and with lower quality [n]."""
    n, c, h, w = rgb.shape
    d = cosines(rgb.device)
    grey = luminance(rgb)
    planes = torch.cat((grey, rgb[:, :1] - grey, rgb[:, 2:] - grey), 1)
    planes = torch.cat((planes[:, :1], F.interpolate(F.avg_pool2d(planes[:, 1:], 2), scale_factor=2, mode="nearest")), 1)
    blocks = planes.float().view(n, 3, h // 8, 8, w // 8, 8).transpose(3, 4)
    k = torch.arange(8, device=rgb.device)
    step = 12 + 5.5 * (k[:, None] + k) + 0.8 * (k[:, None] * k)
    scale = torch.where(quality < 50, 50 / quality, 2 - quality / 50)
    step = (step * scale[:, None, None]).clamp(min=1)[:, None, None, None]
    waves = torch.round((d @ blocks @ d.T) / step) * step
    planes = (d.T @ waves @ d).transpose(3, 4).reshape(n, 3, h, w)
    grey, red, blue = planes[:, :1], planes[:, 1:2], planes[:, 2:]
    r, b = grey + red, grey + blue
    g = (grey - 0.299 * r - 0.114 * b) / 0.587
    return torch.cat((r, g, b), 1).to(rgb.dtype)


class Scenes:
    """Frames on demand.

    sprites uint8 [n, 4, 224, 224], each drawing stretched over the whole square, with its `shapes` [n] (width over height) and
    `sprite_concepts` [n]; photos uint8 [m, 3, 256, 256] likewise; papers uint8 [k, 3, 440, 720]. A kind of photograph, and a
    drawing, is drawn by the weights [n], [m].
    """

    def __init__(self, sprites, photos, papers, device, half=torch.float32):
        self.device, self.half = device, half
        self.sprites = [sprites["pixels"].to(device)]
        for factor in (2, 4):  # what is shown small is sampled from what was averaged before
            parts = self.sprites[0].split(512)
            small = [F.interpolate(F.avg_pool2d(p.float(), factor), scale_factor=factor, mode="bilinear").round().byte() for p in parts]
            self.sprites.append(torch.cat(small))
        self.shapes, self.sprite_concepts, self.sprite_weights = (sprites[k].to(device) for k in ("shapes", "concepts", "weights"))
        self.photos = photos["pixels"].to(device)
        self.backs = torch.cat([F.adaptive_avg_pool2d(p.float(), 24).round().byte() for p in self.photos.split(512)])
        self.photo_shapes, self.photo_concepts, self.photo_weights = (photos[k].to(device) for k in ("shapes", "concepts", "weights"))
        self.papers = papers.to(device)

    def batch(self, size, photos=PHOTOS, pairs=PAIRS, blends=BLENDS):
        """@returns frames [size, 3, 288, 512] with values 0 to 255, concepts [size, 2] (-1: no second thing)."""
        frames, labels, _ = self.placed(size, photos, pairs)
        return self.blended(frames, labels, blends) if blends else (frames, labels)

    def placed(self, size, photos=PHOTOS, pairs=PAIRS):
        """Frames and concepts as batch() returns them, none laid over each other, and places [size, 2]: how far from the left side
        (0) to the right (1) each thing's middle is, NaN where a photograph fills the frame."""
        count = int(size * photos)
        parts = [self.filmed(count)] if count else []
        if size > count:
            parts.append(self.drawn(size - count, pairs))
        return tuple(torch.cat(part) for part in zip(*parts))

    def blended(self, frames, labels, share):
        single = (labels[:, 1] < 0).nonzero()[:, 0]
        chosen = single[torch.randperm(len(single), device=self.device)][: int(len(frames) * share)]
        other = chosen.roll(1)
        part = each(uniform(len(chosen), 0.35, 0.65, self.device), frames)
        mixed = frames[chosen] * part + frames[other] * (1 - part)
        labels = labels.clone()
        labels[chosen, 1] = torch.where(labels[chosen, 0] == labels[other, 0], -1, labels[other, 0])
        frames[chosen] = mixed
        return frames, labels

    def scenery(self, n):
        """Parts of backgrounds [n, 3, 288, 512]."""
        d = self.device
        pictures = self.papers[torch.randint(len(self.papers), (n,), device=d)].to(self.half)
        zoom = uniform(n, 0.5, 0.9, d)
        size = torch.stack((1 / zoom, 1 / zoom), 1)
        centre = 0.5 + (torch.rand(n, 2, device=d) - 0.5) * (size - 1)
        out = sample(pictures, matrices(centre, size, torch.zeros(n, device=d), chance(n, 0.5, d)))
        soft = chance(n, 0.3, d).nonzero()[:, 0]
        out[soft] = blurred(out[soft], uniform(len(soft), 1, 4, d))
        return out

    def filmed(self, n):
        """Photographs: filling the frame, whole over a blurred copy, or in a scene; half of them with nothing else done to them.
        @returns frames, concepts and places, see placed()."""
        d = self.device
        rows = torch.multinomial(self.photo_weights, n, replacement=True)
        pictures, shape, flip = self.photos[rows].to(self.half), self.photo_shapes[rows], chance(n, 0.5, d)
        plain = chance(n, 0.5, d)
        draw = torch.rand(n, device=d)
        fills = torch.where(plain, (shape >= 1.2) | (draw < 0.2), draw < 0.5)
        pasted = ~plain & (draw > 0.75)
        aspect = WIDTH / HEIGHT
        frames = torch.empty(n, 3, HEIGHT, WIDTH, device=d, dtype=self.half)
        # Cover: the photograph is larger than the frame in both directions.
        zoom = torch.where(plain, uniform(n, 1.0, 1.25, d), uniform(n, 1.0, 1.45, d))
        wide = shape / aspect
        cover = torch.stack((wide.clamp(min=1), (1 / wide).clamp(min=1)), 1) * zoom[:, None]
        reach = torch.where(plain, 0.4, 0.6)[:, None]
        centre = 0.5 + (torch.rand(n, 2, device=d) - 0.5) * (cover - 1) * reach
        none = torch.zeros(n, device=d)
        turn = torch.where(~plain & chance(n, 0.3, d), uniform(n, -0.15, 0.15, d), none)
        frames[fills] = sample(pictures[fills], matrices(centre, cover, turn, flip)[fills])
        over = ~fills & ~pasted
        backs = self.backs[rows[over]].to(self.half)
        frames[over] = sample(backs, matrices(torch.full((n, 2), 0.5, device=d), cover * 1.2, none, flip)[over], "bicubic").clamp(0, 255)
        if pasted.any():
            frames[pasted] = self.scenery(int(pasted.sum()))
        # The whole photograph laid over what is behind it.
        high = torch.where(plain, uniform(n, 0.85, 1.25, d), torch.where(pasted, uniform(n, 0.5, 0.98, d), uniform(n, 0.9, 1.1, d)))
        size = torch.stack((high * shape / aspect, high), 1)
        too_wide = ~plain & (size[:, 0] > 0.98)
        size = torch.where(too_wide[:, None], size * (0.98 / size[:, :1]), size)
        spread = torch.where(pasted, 0.4, 0.15)[:, None]
        place = 0.5 + (torch.rand(n, 2, device=d) - 0.5) * spread
        laid = (~fills).nonzero()[:, 0]
        matrix = matrices(place, size, turn * 0.5, flip)[laid]
        shown = sample(pictures[laid], matrix)
        inside = sample(torch.ones(len(laid), 1, 64, 64, device=d, dtype=self.half), matrix, padding="zeros")
        frames[laid] = frames[laid] * (1 - inside) + shown * inside
        frames = torch.where(each(plain & chance(n, 0.6, d), frames) > 0, frames, self.graded(frames))
        at = torch.where(pasted, place[:, 0], torch.nan)
        return frames, torch.stack((self.photo_concepts[rows], torch.full_like(rows, -1)), 1), torch.stack((at, torch.full_like(at, torch.nan)), 1)

    def drawn(self, n, pairs):
        """One or two drawings in a scene. @returns frames, concepts and places, see placed()."""
        d = self.device
        frames = self.scenery(n)
        rows = torch.multinomial(self.sprite_weights, 2 * n, replacement=True).view(n, 2)
        concepts = self.sprite_concepts[rows]
        two = chance(n, pairs, d) & (concepts[:, 0] != concepts[:, 1])
        side = torch.where(chance(n, 0.5, d), 1.0, -1.0)
        at = torch.full((n, 2), torch.nan, device=d)
        for k in range(2):
            which = torch.arange(n, device=d) if k == 0 else two.nonzero()[:, 0]
            if not len(which):
                continue
            m, both = len(which), two[which]
            most = torch.where(both, 0.65, 1.0)
            high = torch.exp(torch.rand(m, device=d) * (most / 0.16).log() + math.log(0.16))
            alone = torch.stack((uniform(m, 0.26, 0.74, d), uniform(m, 0.28, 0.72, d)), 1)
            beside = torch.stack((0.5 + side[which] * (0.25 if k == 0 else -0.25) + uniform(m, -0.06, 0.06, d), uniform(m, 0.33, 0.67, d)), 1)
            place = torch.where(both[:, None], beside, alone)
            at[which, k] = place[:, 0]
            frames[which] = self.laid(frames[which], rows[which, k], place, high)
        concepts = torch.where(torch.stack((torch.ones_like(two), two), 1), concepts, -1)
        return self.graded(frames), concepts, at

    def laid(self, frames, rows, place, high):
        """A drawing [n] of a height (in frames) laid over each frame."""
        n, d = len(rows), self.device
        shape = self.shapes[rows]
        # As compose.py: high is the larger of the height and three quarters of the width.
        high = high / torch.maximum(torch.ones_like(shape), shape * 0.75)
        size = torch.stack((high * shape * HEIGHT / WIDTH, high), 1)
        level = (SPRITE / (high * HEIGHT).clamp(min=1)).log2().floor().clamp(0, 2).long()
        level = torch.where(chance(n, 0.1, d), 2, level)
        stack = torch.empty(n, 4, SPRITE, SPRITE, device=d, dtype=torch.uint8)
        for k in range(3):
            stack[level == k] = self.sprites[k][rows[level == k]]
        # A canvas a quarter larger than the drawing has room for an outline.
        picture = self.restyled(F.pad(stack, (28, 28, 28, 28)).to(self.half))
        angle = torch.where(chance(n, 0.45, d), uniform(n, -0.4, 0.4, d), torch.zeros(n, device=d))
        shown = sample(picture, matrices(place, size * 1.25, angle, chance(n, 0.5, d)), padding="zeros")
        alpha = shown[:, 3:] / 255
        return frames * (1 - alpha) + shown[:, :3] * alpha

    def restyled(self, rgba):
        """Drawings in hands that training has no set of; colours multiplied by alpha come out [n, 4, 224, 224]."""
        n, d = len(rgba), self.device
        rgb, alpha = rgba[:, :3], rgba[:, 3:] / 255
        grey = luminance(rgb)
        fade = torch.where(chance(n, 0.45, d), uniform(n, 0.0, 1.6, d), torch.ones(n, device=d))
        rgb = grey + (rgb - grey) * each(fade, rgb)
        turn = torch.where(chance(n, 0.2, d), uniform(n, -3.14, 3.14, d), torch.where(chance(n, 0.3, d), uniform(n, -0.4, 0.4, d), torch.zeros(n, device=d)))
        rgb = turned(rgb, turn)
        gain = torch.where(chance(n, 0.3, d), uniform(n, 0.6, 1.4, d), torch.ones(n, device=d))
        rgb = (rgb * each(gain, rgb)).clamp(0, 255)
        levels = torch.where(chance(n, 0.25, d), torch.randint(2, 5, (n,), device=d), torch.full((n,), 64, device=d))
        step = each(255 / (levels - 1), rgb)
        rgb = torch.round(rgb / step) * step
        ink = torch.where(chance(n, 0.8, d)[:, None], torch.rand(n, 3, device=d) * 60, torch.rand(n, 3, device=d) * 255).to(rgb.dtype)[:, :, None, None]
        lined, outlined, flat = chance(n, 0.35, d), chance(n, 0.45, d), chance(n, 0.06, d)
        paper = torch.where(chance(n, 0.7, d)[:, None], torch.full((n, 3), 250.0, device=d), torch.rand(n, 3, device=d) * 255).to(rgb.dtype)[:, :, None, None]
        across = F.pad((grey[..., 1:] - grey[..., :-1]).abs(), (0, 1))
        down = F.pad((grey[..., 1:, :] - grey[..., :-1, :]).abs(), (0, 0, 0, 1))
        edges = (torch.maximum(across, down) > each(uniform(n, 12, 60, d), grey)).to(rgb.dtype) * (alpha > 0.5)
        edges = torch.where(each(chance(n, 0.5, d), edges) > 0, F.max_pool2d(edges, 3, 1, 1), edges)
        rgb = torch.where(each(flat, rgb) > 0, paper.expand_as(rgb), rgb)
        rgb = torch.where((each(lined | flat, rgb) > 0) & (edges > 0), ink.expand_as(rgb), rgb)
        wide = torch.where(each(chance(n, 0.5, d), alpha) > 0, F.max_pool2d(alpha, 5, 1, 2), F.max_pool2d(alpha, 11, 1, 5))
        wide = torch.where(each(outlined | flat, alpha) > 0, wide, alpha)
        return torch.cat((rgb * alpha + ink * (wide - alpha).clamp(min=0), wide * 255), 1).clamp(0, 255)

    def graded(self, frames):
        """Light, focus, sensor, codec and bars."""
        n, d = len(frames), self.device
        gain, gamma, fade = uniform(n, 0.72, 1.22, d), uniform(n, 0.72, 1.35, d), uniform(n, 0.4, 1.25, d)
        grey = luminance(frames)
        frames = torch.where(each(fade < 0.85, frames) > 0, grey + (frames - grey) * each(fade, frames), frames).clamp(0, 255)
        soft = chance(n, 0.3, d).nonzero()[:, 0]
        frames[soft] = blurred(frames[soft], uniform(len(soft), 0.4, 2.0, d))
        tint = 1 + (torch.rand(n, 3, 1, 1, device=d) - 0.5) * each(chance(n, 0.3, d), frames) * 0.3
        frames = ((frames / 255).clamp(min=1e-4) ** each(gamma, frames) * each(gain, frames) * tint.to(frames.dtype) * 255).clamp(0, 255)
        noise = torch.where(chance(n, 0.3, d), uniform(n, 2, 14, d), torch.zeros(n, device=d))
        frames = frames + torch.randn(n, 1, HEIGHT, WIDTH, device=d, dtype=frames.dtype) * each(noise, frames)
        coded = chance(n, 0.4, d).nonzero()[:, 0]
        frames[coded] = compressed(frames[coded], uniform(len(coded), 22, 85, d))
        bars = torch.rand(n, device=d)
        frames[bars < 0.04, :, :36], frames[bars < 0.04, :, -36:] = 0, 0
        sides = (bars >= 0.04) & (bars < 0.07)
        frames[sides, :, :, :64], frames[sides, :, :, -64:] = 114, 114
        return frames.clamp(0, 255).round()


def stretched(image, side):
    """A picture over the whole of a square: (uint8 [channels, side, side], width over height)."""
    from PIL import Image

    shape = image.width / image.height
    pixels = np.asarray(image.resize((side, side), Image.BILINEAR))
    return pixels.transpose(2, 0, 1), shape
