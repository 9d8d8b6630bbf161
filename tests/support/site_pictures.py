"""Screenshots of pages, compared with reviewed references.

Belongs here: taking, keeping and comparing. Does not: which pages. Machines draw characters slightly differently, and a snapshot
has another name after every change of a model: pictures are compared at half size, and a few points may differ.
"""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from playwright.sync_api import Page

REFERENCES = Path(__file__).parents[1] / "browser" / "references"
HEIGHT = 1400
"""Of a picture at most, from the page's top."""
COLOURS = 48
FAR = 64
"""From how far apart, of 255, two points are different ones."""
TOLERANCE = 0.02
"""The share of points that may be."""


def picture_of(page: Page) -> Image.Image:
    """The page from its top, in the few colours of a kept picture."""
    viewport = page.viewport_size
    assert viewport is not None
    height = min(HEIGHT, int(page.evaluate("document.documentElement.scrollHeight")))
    taken = page.screenshot(full_page=True, clip={"x": 0, "y": 0, "width": viewport["width"], "height": height})
    return Image.open(io.BytesIO(taken)).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)


def is_renewed() -> bool:
    """Whether references are to be taken again."""
    return os.environ.get("SITE_REFERENCES") == "renew"


def keep(picture: Image.Image, name: str) -> None:
    """Saves it as the reference of that name."""
    REFERENCES.mkdir(exist_ok=True)
    picture.save(REFERENCES / f"{name}.png", optimize=True)


def difference(picture: Image.Image, name: str) -> float:
    """The share of points that differ from the reference of that name; 1 for another size."""
    with Image.open(REFERENCES / f"{name}.png") as kept:
        if kept.width != picture.width or abs(kept.height - picture.height) > 40:
            return 1.0
        height = min(kept.height, picture.height)
        here, there = (_points(one, height) for one in (picture, kept))
    return float((np.abs(here - there).max(axis=2) > FAR).mean())


def _points(picture: Image.Image, height: int) -> np.ndarray:
    whole = picture.convert("RGB").crop((0, 0, picture.width, height))
    return np.asarray(whole.resize((picture.width // 2, height // 2), Image.Resampling.BOX), dtype=np.int16)
