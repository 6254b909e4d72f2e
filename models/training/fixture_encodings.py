"""Position ids and rotary tables of every encoding, in numpy: what record_fixture.py gives a model instead of its own.

Written from docs/encodings.md, in float64, without a line of the engine's.
"""

import math

import numpy

VARIANTS = ("rope", "tad-rope", "m-rope", "videorope", "hope", "m-rope-time", "m-rope-interleaved",
            "cope", "cope-hard", "soft-hope", "videorope++", "v2pe", "vrope")
SCALED = ("hope", "soft-hope", "m-rope-interleaved")
"""Those that gamma changes."""


def positions(layout, case):
    """Layout [("text", n) | ("visual", t, h, w)] -> ids float64 [3, tokens], where generation goes on, and its step."""
    variant = case["variant"]
    if variant == "tad-rope":
        running, after, _ = positions(layout, {**case, "variant": "rope"})
        rows, start = [], 0
        for kind, *size in layout:
            if kind == "text":
                rows.append(start + numpy.arange(size[0]))
                start += size[0]
            else:
                t, h, w = size
                rows.append(start + numpy.repeat(numpy.arange(t), h * w))
                start += t
        return running + numpy.concatenate(rows), after + start, 2
    rows, start, seen = [], 0.0, 0
    for kind, *size in layout:
        if kind == "text":
            rows.append(numpy.tile(start + numpy.arange(size[0]), (3, 1)))
            start += size[0]
        else:
            ids, start = visual(size, start, seen, case)
            rows.append(ids)
            seen += 1
    return numpy.concatenate(rows, axis=1), start, 1


def visual(size, start, index, case):
    """The ids of one visual segment, and where the next segment starts."""
    variant, gamma = case["variant"], case["gamma"]
    frames, height, width = size
    t, h, w = (grid.ravel().astype(numpy.float64) for grid in numpy.indices(size))
    count = frames * height * width
    if variant in ("rope", "cope", "cope-hard"):
        return numpy.tile(start + numpy.arange(count), (3, 1)), start + count
    if variant == "m-rope":
        return numpy.stack((t, h, w)) + start, start + max(size)
    if variant == "m-rope-time":
        seconds = case.get("secondsPerPatch", 1.0)
        seconds = seconds[index] if isinstance(seconds, list) else seconds
        # As the released code: float32 after every step, then cut.
        ticks = numpy.trunc(numpy.float32(t) * numpy.float32(seconds) * numpy.float32(case.get("tokensPerSecond", 2.0)))
        return numpy.stack((ticks, h, w)) + start, start + max(ticks.max() + 1, height, width)
    if variant == "m-rope-interleaved":
        corner = 0 if case.get("spatialReset") else start
        return numpy.stack((gamma * t + start, h + corner, w + corner)), start + gamma * max(size)
    if variant == "v2pe":
        stride = case.get("stride", 16.0)
        ids = start - 1 + stride * (numpy.arange(count) + 1) / (height * width)
        return numpy.tile(ids, (3, 1)), start + math.ceil(stride * frames)
    if variant == "vrope":
        when = start + t * (height + width - 1)
        ids = (when + h + w, when + h + width - 1 - w, when + height - 1 - h + w)
        return numpy.stack(ids), start + frames * (height + width - 1)
    when = (gamma if variant in SCALED else 2) * t + start
    ids = numpy.stack((when, when + h - (height - 1) // 2, when + w - (width - 1) // 2))
    return ids, when.max() + 1


def tables(ids, case, head_dim, sections, theta):
    """Position ids [3, tokens] -> cos, sin float32 [tokens, head_dim]."""
    variant, pairs = case["variant"], head_dim // 2
    frequencies = theta ** (-2 * numpy.arange(pairs, dtype=numpy.float64) / head_dim)
    spatial = pairs - sections[0]
    fading = min(case.get("taper", 20), pairs)
    rows = numpy.concatenate((ids, (ids[1] + ids[2] - ids[0])[None]))
    axes = [axis for axis, count in enumerate(sections) for _ in range(count)]
    if variant in ("videorope", "videorope++", "hope", "soft-hope"):
        axes = [1 + pair % 2 if pair < spatial else 0 for pair in range(pairs)]
    if variant == "m-rope-interleaved":
        axes = [pair % 3 if pair % 3 and pair < 3 * sections[pair % 3] else 0 for pair in range(pairs)]
    if variant == "vrope":
        axes = [pair % 4 for pair in range(pairs)]
    if variant == "hope":
        frequencies[spatial:] = 0
    if variant == "soft-hope":
        frequencies[spatial:] *= fade(sections[0])
    if variant == "cope":
        frequencies[pairs - fading:] *= fade(fading)
    if variant == "cope-hard":
        frequencies[pairs - fading:] = 0
    if variant == "videorope++":
        factor, trained = case.get("ntkFactor", 4.0), case.get("trainedLength", 32_768)
        base = theta * ((factor * trained - 1) / (trained - 1)) ** (head_dim / (head_dim - 2))
        frequencies[spatial:] = base ** (-2 * numpy.arange(spatial, pairs) / head_dim)
    angles = rows[axes].T * frequencies
    angles = numpy.concatenate((angles, angles), axis=1)
    return numpy.float32(numpy.cos(angles)), numpy.float32(numpy.sin(angles))


def fade(count):
    """CoPE's half cosine: 1 for the first, 0 for the last."""
    if count < 2:
        return numpy.ones(count)
    return 0.5 * (1 + numpy.cos(math.pi * numpy.arange(count) / (count - 1)))
