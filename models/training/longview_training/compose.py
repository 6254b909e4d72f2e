"""Composes made footage: frames of 288 x 512 RGB with known things in them.

A *shot* is a list of frames of one scene that differ by a little camera or object motion; the look of the scene
(background, grading, blur, noise, compression) is drawn once per shot from the shot's own seed.
"""

import io
import json
import pickle

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageEnhance, ImageFilter, ImageOps

from .paths import NATURAL, SOURCES, WORK

WIDTH, HEIGHT = 512, 288
WALLPAPERS = ["root/usr/share/wallpapers", "root/usr/share/backgrounds"]


def gradient(random, width, height):
    """A smooth two-colour ramp in a random direction."""
    a, b = random.integers(0, 256, (2, 3))
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.mgrid[0:height, 0:width]
    t = (x / width * np.cos(angle) + y / height * np.sin(angle)) % 1.0001
    return Image.fromarray((a + (b - a) * t[..., None]).astype(np.uint8))


def drawn_scene(random, width, height):
    """Sky or wall above, ground or floor below, and some simple shapes (hills, blocks, windows)."""
    sky, ground = (tuple(int(v) for v in random.integers(30, 256, 3)) for _ in range(2))
    picture = Image.new("RGB", (width, height), sky)
    draw = ImageDraw.Draw(picture)
    horizon = int(height * random.uniform(0.45, 0.9))
    for _ in range(random.integers(0, 7)):
        colour = tuple(int(v) for v in random.integers(0, 256, 3))
        x, w, h = random.uniform(-0.2, 1) * width, random.uniform(0.05, 0.6) * width, random.uniform(0.05, 0.7) * height
        shape = random.integers(3)
        if shape == 0:
            draw.ellipse([x, horizon - h, x + w, horizon + h], fill=colour)
        elif shape == 1:
            draw.rectangle([x, horizon - h, x + w / 2, horizon], fill=colour)
        else:
            draw.polygon([(x, horizon), (x + w / 2, horizon - h), (x + w, horizon)], fill=colour)
    draw.rectangle([0, horizon, width, height], fill=ground)
    return picture.filter(ImageFilter.GaussianBlur(random.uniform(0, 1.5)))


def texture(random, width, height):
    """Coloured clouds: small noise scaled up."""
    cells = random.integers(2, 24)
    small = random.integers(0, 256, (cells, cells * 2, 3)).astype(np.uint8)
    mix = Image.new("RGB", (width, height), tuple(int(v) for v in random.integers(0, 256, 3)))
    return Image.blend(mix, Image.fromarray(small).resize((width, height), Image.BICUBIC), random.uniform(0.1, 0.8))


def colour(random, low=20, high=256):
    return tuple(int(v) for v in random.integers(low, high, 3))


def sky(random, width, height):
    """A vertical ramp, now and then with a disc that glows, or with stars."""
    top, bottom = (np.array(colour(random)) for _ in range(2))
    ramp = (top + (bottom - top) * np.linspace(0, 1, height)[:, None]).astype(np.uint8)
    picture = Image.fromarray(np.repeat(ramp[:, None], width, 1))
    draw = ImageDraw.Draw(picture, "RGBA")
    if random.random() < 0.4:
        x, y, r = random.uniform(0, width), random.uniform(0, height * 0.6), random.uniform(10, 45)
        pale = colour(random, 190)
        for grow, alpha in ((3.2, 25), (2, 50), (1, 255)):
            draw.ellipse([x - r * grow, y - r * grow, x + r * grow, y + r * grow], fill=(*pale, alpha))
    if random.random() < 0.25:
        for x, y in random.uniform(0, 1, (random.integers(30, 200), 2)) * (width, height * 0.8):
            draw.point([x, y], fill=(255, 255, 255, 255))
    return picture


def ridge(random, draw, width, height, at):
    """Hills or peaks across the picture, at this height."""
    steps = int(random.integers(3, 22))
    heights = at - random.uniform(0, 1, steps + 1) * height * random.uniform(0.03, 0.3)
    draw.polygon([(0, height), *zip(np.linspace(0, width, steps + 1), heights), (width, height)], fill=colour(random))


def row(random, draw, width, height, at):
    """The same simple thing over and over, side by side: trees, houses, posts, blobs."""
    size, kind, fill = random.uniform(16, 110), random.integers(5), colour(random)
    other, jitter = colour(random), random.uniform(0, 0.5)
    x = -size * random.random()
    while x < width:
        w, h = size * random.uniform(0.5, 1), size * random.uniform(1 - jitter, 1 + jitter)
        if kind == 0:
            draw.polygon([(x, at), (x + w / 2, at - h * 1.5), (x + w, at)], fill=fill)
        elif kind == 1:
            draw.rectangle([x + w * 0.42, at - h * 0.5, x + w * 0.58, at], fill=other)
            draw.ellipse([x, at - h * 1.2, x + w, at - h * 0.3], fill=fill)
        elif kind == 2:
            draw.rectangle([x, at - h * 1.4, x + w, at], fill=fill)
            for wy in np.arange(at - h * 1.3, at - 6, max(8, size / 4)):
                for wx in np.arange(x + 3, x + w - 5, max(7, size / 4)):
                    if random.random() < 0.7:
                        draw.rectangle([wx, wy, wx + size / 9, wy + size / 7], fill=other)
            if random.random() < 0.4:
                draw.polygon([(x, at - h * 1.4), (x + w / 2, at - h * 1.8), (x + w, at - h * 1.4)], fill=other)
        elif kind == 3:
            draw.rectangle([x, at - h * 0.8, x + w * 0.35, at], fill=fill)
        else:
            draw.ellipse([x, at - h * 0.5, x + w, at + h * 0.5], fill=fill)
        x += size * random.uniform(0.55, 1.3)


def pattern(random, draw, width, top, bottom):
    """A band of stripes, tiles, dots (a crowd) or shelves with boxes."""
    kind, cell = random.integers(4), random.uniform(6, 60)
    colours = [colour(random) for _ in range(random.integers(2, 9))]
    draw.rectangle([0, top, width, bottom], fill=colours[0])
    if kind == 0:
        for x in np.arange(0, width, cell * 2):
            draw.rectangle([x, top, x + cell, bottom], fill=colours[1])
        return
    for j, y in enumerate(np.arange(top, bottom, cell)):
        for i, x in enumerate(np.arange(0, width, cell)):
            if kind == 1 and (i + j) % 2:
                draw.rectangle([x, y, x + cell, y + cell], fill=colours[1])
            elif kind == 2:
                draw.ellipse([x + 1, y + 1, x + cell * 0.8, y + cell * 0.8], fill=colours[random.integers(len(colours))])
            elif kind == 3 and random.random() < 0.75:
                draw.rectangle([x + 1, y + cell * random.uniform(0.1, 0.5), x + cell * 0.85, y + cell * 0.92], fill=colours[random.integers(len(colours))])


def cluttered_scene(random, width, height):
    """A painted place, full of things without a name: sky or wall, ridges, rows and patterned bands, in one light."""
    picture = sky(random, width, height)
    draw = ImageDraw.Draw(picture)
    at = height * random.uniform(0.25, 0.7)
    while at < height * 1.1:
        make = random.integers(4)
        if make == 0:
            ridge(random, draw, width, height, at)
        elif make == 1:
            row(random, draw, width, height, at)
        elif make == 2:
            pattern(random, draw, width, at, at + height * random.uniform(0.08, 0.6))
        else:
            draw.rectangle([0, at, width, height * 1.2], fill=colour(random))
        at += height * random.uniform(0.05, 0.4)
    light = Image.new("RGB", picture.size, colour(random))
    return Image.blend(picture, ImageChops.multiply(picture, light), random.uniform(0, 0.9)).filter(ImageFilter.GaussianBlur(random.uniform(0, 1.2)))


def wallpapers():
    """Photographs and paintings of the wallpaper packages, shrunk to 960 pixels wide (kept in work/wallpapers.pickle)."""
    kept = WORK / "wallpapers.pickle"
    if kept.exists():
        return pickle.loads(kept.read_bytes())
    files = [p for root in WALLPAPERS for p in sorted((SOURCES / root).rglob("*")) if p.suffix in (".jpg", ".png", ".webp")]
    pictures = []
    for path in files:
        if path.name.startswith("screenshot") or path.name.startswith(("1080x", "720x")):
            continue
        image = Image.open(path)
        image.draft("RGB", (960, 600))
        image = image.convert("RGB")
        image.thumbnail((960, 960))
        pictures.append(image)
    kept.write_bytes(pickle.dumps(pictures))
    return pictures


class Backgrounds:
    """A pool of pictures that show no named thing. Test footage uses a pool of its own."""

    def __init__(self, seed, size=900):
        random = np.random.default_rng([seed, 99])
        papers = wallpapers()
        papers = papers[::4] if seed else [p for i, p in enumerate(papers) if i % 4]
        self.pictures = list(papers) * 2
        makers = [gradient, drawn_scene, texture, cluttered_scene, cluttered_scene, cluttered_scene]
        while len(self.pictures) < size:
            self.pictures.append(makers[random.integers(len(makers))](random, 720, 440))

    def draw(self, random):
        """@returns an image larger than a frame, from which frames are cropped."""
        picture = self.pictures[random.integers(len(self.pictures))]
        scale = random.uniform(1.12, 1.9) * max(WIDTH / picture.width, HEIGHT / picture.height)
        picture = picture.resize((round(picture.width * scale), round(picture.height * scale)), Image.BILINEAR)
        x, y = random.uniform(0, 1, 2) * (picture.width - WIDTH * 1.12, picture.height - HEIGHT * 1.12)
        picture = picture.crop((int(x), int(y), int(x + WIDTH * 1.12), int(y + HEIGHT * 1.12)))
        if random.random() < 0.5:
            picture = picture.transpose(Image.FLIP_LEFT_RIGHT)
        return picture if random.random() < 0.7 else picture.filter(ImageFilter.GaussianBlur(random.uniform(1, 6)))


class Composer:
    """Makes shots. seed 0 is training, others are for measuring."""

    def __init__(self, seed=0):
        index = json.loads((WORK / "sprites.json").read_text())
        self.size = index["size"]
        self.keys = {key: i for i, key in enumerate(index["keys"])}
        self.sprites = np.memmap(WORK / "sprites.rgba", np.uint8, "r").reshape(-1, self.size, self.size, 4)
        self.backgrounds = Backgrounds(seed)

    def photo_shot(self, random, file, frames):
        """A photograph filmed: filling the frame, fitted over a blurred copy, or pasted into a scene."""
        photo = Image.open(NATURAL / file).convert("RGB")
        if random.random() < 0.5:
            photo = photo.transpose(Image.FLIP_LEFT_RIGHT)
        mode = random.choice(3, p=[0.5, 0.25, 0.25])
        zoom = random.uniform(1.0, 1.35)
        centre = random.uniform(0.2, 0.8, 2)
        drift, growth = random.uniform(-0.12, 0.12, 2), random.uniform(0.92, 1.08)
        if mode == 0:
            return [cover(photo, zoom * growth**k, centre + drift * k) for k in range(frames)]
        under = cover(photo, 1.2, centre).filter(ImageFilter.GaussianBlur(12)) if mode == 1 else self.backgrounds.draw(random)
        height = HEIGHT * (1.0 if mode == 1 else random.uniform(0.55, 0.98))
        place = np.array([0.5, 0.5]) if mode == 1 else random.uniform(0.3, 0.7, 2)
        shots = []
        for k in range(frames):
            scale = min(height / photo.height, WIDTH * 0.98 / photo.width) * growth**k
            item = photo.resize((max(8, int(photo.width * scale)), max(8, int(photo.height * scale))), Image.BILINEAR)
            shots.append(paste(under, item, place + drift * k * 0.5))
        return shots

    def plain_shot(self, random, file, frames):
        """A photograph as a slow zoom, whole if it is upright, filling the frame if it is wide; nothing else is done to it."""
        photo = Image.open(NATURAL / file).convert("RGB")
        zoom, centre = random.uniform(1.0, 1.05), random.uniform(0.4, 0.6, 2)
        if photo.width >= 1.2 * photo.height:
            return [cover(photo, zoom * 1.03**k, centre) for k in range(frames)]
        under = cover(photo, 1.2, centre).filter(ImageFilter.GaussianBlur(12))
        sizes = [(int(photo.width * HEIGHT / photo.height * 1.03**k), int(HEIGHT * 1.03**k)) for k in range(frames)]
        return [paste(under, photo.resize(size, Image.BILINEAR), (0.5, 0.5)) for size in sizes]

    def drawn_shot(self, random, keys, frames):
        """One or two sprites in a scene."""
        under = self.backgrounds.draw(random)
        items = [self.sprite(random, key, len(keys)) for key in keys]
        places = [random.uniform(0.28, 0.72, 2)] if len(keys) == 1 else spread(random, len(keys))
        drifts = [random.uniform(-0.08, 0.08, 2) for _ in keys]
        growth = random.uniform(0.93, 1.07)
        shots = []
        for k in range(frames):
            frame = under
            for item, place, drift in zip(items, places, drifts):
                scaled = item.resize([max(8, int(s * growth**k)) for s in item.size], Image.BILINEAR) if k else item
                frame = paste(frame, scaled, place + drift * k)
            shots.append(frame)
        return shots

    def sprite(self, random, key, count):
        image = Image.fromarray(np.array(self.sprites[self.keys[key]]))
        image = image.crop(image.getbbox() or (0, 0, self.size, self.size))
        low, high = (0.16, 1.0) if count == 1 else (0.16, 0.65)
        scale = HEIGHT * np.exp(random.uniform(np.log(low), np.log(high))) / max(image.height, image.width * 0.75)
        image = image.resize((max(8, int(image.width * scale)), max(8, int(image.height * scale))), Image.BILINEAR)
        if random.random() < 0.5:
            image = image.transpose(Image.FLIP_LEFT_RIGHT)
        if random.random() < 0.4:
            image = image.rotate(random.uniform(-18, 18), Image.BILINEAR, expand=True)
        return restyled(random, image)

    def grade(self, random, frames):
        """Light, focus, sensor and codec, the same for all frames of a shot. @returns uint8 [frames, 288, 512, 3]."""
        gain, gamma, saturation = random.uniform(0.75, 1.2), random.uniform(0.75, 1.3), random.uniform(0.5, 1.25)
        table = (np.clip((np.arange(256) / 255) ** gamma * gain, 0, 1) * 255).astype(np.uint8)
        blur = random.uniform(0.4, 2.0) if random.random() < 0.3 else 0
        noise = random.uniform(2, 14) if random.random() < 0.3 else 0
        quality = int(random.uniform(25, 85)) if random.random() < 0.4 else 0
        bars = random.choice(3, p=[0.93, 0.04, 0.03])
        out = []
        for frame in frames:
            frame = frame.crop((0, 0, WIDTH, HEIGHT)) if frame.size != (WIDTH, HEIGHT) else frame
            if saturation < 0.85:
                frame = ImageEnhance.Color(frame).enhance(saturation)
            if blur:
                frame = frame.filter(ImageFilter.GaussianBlur(blur))
            pixels = table[np.asarray(frame)]
            if noise:
                pixels = np.clip(pixels + random.normal(0, noise, (HEIGHT, WIDTH, 1)), 0, 255).astype(np.uint8)
            if bars == 1:
                pixels[:36] = pixels[-36:] = 0
            if bars == 2:
                pixels[:, :64] = pixels[:, -64:] = 114
            if quality:
                memory = io.BytesIO()
                Image.fromarray(pixels).save(memory, "JPEG", quality=quality)
                pixels = np.asarray(Image.open(memory))
            out.append(pixels)
        return np.stack(out)


def restyled(random, image):
    """A drawing in a hand that training has no set of: other colours, fewer colours, outlines of any width and colour."""
    rgb, alpha = image.convert("RGB"), image.getchannel("A")
    if random.random() < 0.4:
        rgb = ImageEnhance.Color(rgb).enhance(random.uniform(0.3, 1.6))
    if random.random() < 0.15:
        hue, *others = rgb.convert("HSV").split()
        rgb = Image.merge("HSV", [hue.point(lambda v, turn=int(random.integers(256)): (v + turn) % 256), *others]).convert("RGB")
    if random.random() < 0.2:
        rgb = ImageOps.posterize(rgb, int(random.integers(2, 4)))
    if random.random() < 0.15:
        rgb = rgb.filter(ImageFilter.ModeFilter(int(random.choice([3, 5, 7]))))
    if random.random() < 0.45:
        ink = colour(random, 0, 60) if random.random() < 0.8 else colour(random)
        width = max(1, round(min(image.size) * random.uniform(0.01, 0.045)))
        if random.random() < 0.7:
            edges = rgb.convert("L").filter(ImageFilter.FIND_EDGES).point(lambda v, least=int(random.integers(25, 90)): 255 if v > least else 0)
            inside = alpha.filter(ImageFilter.MinFilter(3))
            drawn = ImageChops.multiply(edges.filter(ImageFilter.MaxFilter(1 + 2 * (width // 2))), inside)
            rgb.paste(ink, mask=drawn)
        wide = ImageOps.expand(alpha, width)
        under = Image.new("RGB", wide.size, ink)
        under.paste(rgb, (width, width), alpha)
        return Image.merge("RGBA", [*under.split(), wide.filter(ImageFilter.MaxFilter(1 + 2 * width))])
    return Image.merge("RGBA", [*rgb.split(), alpha])


def cover(photo, zoom, centre):
    """The part of a photograph that fills a frame at this zoom, around a centre in shares."""
    width = min(photo.width, photo.height * WIDTH / HEIGHT) / zoom
    height = width * HEIGHT / WIDTH
    x, y = np.clip(centre, 0, 1) * (photo.width - width, photo.height - height)
    return photo.resize((WIDTH, HEIGHT), Image.BILINEAR, box=(max(x, 0), max(y, 0), min(x + width, photo.width), min(y + height, photo.height)))


def paste(under, item, place):
    """Puts an item's centre at a place (shares of the frame) on a copy of the background."""
    frame = under.crop((0, 0, WIDTH, HEIGHT))
    corner = (int(place[0] * WIDTH - item.width / 2), int(place[1] * HEIGHT - item.height / 2))
    frame.paste(item, corner, item.getchannel("A") if item.mode == "RGBA" else None)
    return frame


def spread(random, count):
    """Places beside each other, in random order."""
    xs = (np.arange(count) + 0.5) / count + random.uniform(-0.06, 0.06, count)
    return [np.array([x, random.uniform(0.35, 0.65)]) for x in random.permutation(xs)]
