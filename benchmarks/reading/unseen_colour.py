"""Unseen colour scans: coloured pens on coloured paper, as a colour JPEG. Nobody tunes on them; see unseen.py."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from benchmarks.reading.unseen_glass import Side, clipped, grain, lay, see, seed_noise, to_jpeg
from ocr.pictures import Gray

Make = Callable[[Side, np.random.Generator], bytes]
Colour = tuple[float, float, float]
WHITE: Colour = (250, 250, 248)
# Blue, green, red 0..255 of a full line; a red pen is pale to a lamp that is red
INKS: dict[str, Colour] = {
    "blue": (170, 70, 40),
    "light_blue": (215, 150, 95),
    "black": (35, 30, 30),
    "red": (60, 45, 205),
    "green": (70, 130, 40),
    "violet": (150, 60, 110),
    "orange": (40, 125, 235),
}


def _coloured(side: Side, rng: np.random.Generator, ink: Colour, paper: Colour) -> Gray:
    """Print and pen apart again: print is black, the pen's share of darkness takes the pen's colour. BGR."""
    drawn = 1 - np.minimum(1.0, (side.filled + 1.0) / (side.blank + 1.0))
    # the pretend pen's grey is what a lamp sees of an average pen: full colour where it is darkest
    drawn = np.minimum(1.0, drawn * rng.uniform(1.0, 1.25))[..., None]
    fibres = 1 + 0.012 * grain(side.filled.shape, 2, rng)[..., None]
    sheet = np.array(paper) * fibres * (0.12 + 0.88 * side.blank[..., None] / 255)
    return clipped(sheet * (1 - drawn * (1 - np.array(ink) / 255)))


def _finish(page: Gray, rng: np.random.Generator, dpi: int) -> bytes:
    seed_noise(rng)
    seen = see(lay(page, rng, dpi), rng, float(rng.uniform(1.5, 4)), (240, 255), (0, 30))
    return to_jpeg(seen, int(rng.integers(68, 90)), dpi)


def _pick(rng: np.random.Generator) -> Colour:
    return list(INKS.values())[int(rng.integers(len(INKS)))]


def office_colour(side: Side, rng: np.random.Generator) -> bytes:
    """Blue or black ball-point on white paper."""
    return _finish(_coloured(side, rng, INKS[str(rng.choice(["blue", "black"]))], WHITE), rng, side.dpi)


def colour_inks(side: Side, rng: np.random.Generator) -> bytes:
    """Any pen of a school bag."""
    return _finish(_coloured(side, rng, _pick(rng), WHITE), rng, side.dpi)


def colour_pencil(side: Side, rng: np.random.Generator) -> bytes:
    """A coloured or lead pencil: grainy, pale."""
    pale = 1 - rng.uniform(0.35, 0.6) * np.clip(1 + 0.5 * grain(side.filled.shape, 2, rng), 0, 1.5)
    ink = np.minimum(1.0, (side.filled + 1.0) / (side.blank + 1.0))
    drawn = clipped(side.blank * (1 - (1 - ink) * (1 - np.clip(pale, 0, 1))))
    weak = Side(drawn, side.blank, side.behind, side.page, side.dpi)
    shades = [(110.0, 105.0, 105.0), INKS["red"], INKS["green"], INKS["blue"]]
    return _finish(_coloured(weak, rng, shades[int(rng.integers(len(shades)))], WHITE), rng, side.dpi)


def yellow_paper(side: Side, rng: np.random.Generator) -> bytes:
    """Any pen on yellow paper."""
    return _finish(_coloured(side, rng, _pick(rng), (150, 235, 245)), rng, side.dpi)


def pink_paper(side: Side, rng: np.random.Generator) -> bytes:
    """Any pen on pink paper."""
    return _finish(_coloured(side, rng, _pick(rng), (215, 190, 248)), rng, side.dpi)


COLOURS: dict[str, Make] = {
    made.__name__: made for made in (office_colour, colour_inks, colour_pencil, yellow_paper, pink_paper)
}
