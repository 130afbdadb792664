"""The print of the other side is taken out of a picture; ink that it does not explain stays, however pale."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from forms.geometry import BOX_MM, MM_PER_INCH
from forms.layout import Area, Box, Layout, PageLayout
from ocr.behind import _may_shine, without_print_behind
from ocr.place import Registration
from ocr.printed import PX_PER_MM, pack_print

DPI = 150
SCALE = DPI / MM_PER_INCH
PALE = 35  # greys that print from behind takes from white paper
WIDTH, HEIGHT = 210.0, 297.0
SHEET = Area("q1", None, 0, 0, WIDTH, HEIGHT)


def words(seed: int) -> np.ndarray:
    """Lines of short strokes at PX_PER_MM, 1 where it is printed: as uneven as words are."""
    rng = np.random.default_rng(seed)
    picture = np.zeros((round(HEIGHT * PX_PER_MM), round(WIDTH * PX_PER_MM)), np.uint8)
    for y in range(300, 1500, 40):
        for x in np.cumsum(rng.integers(8, 40, 40)).tolist():
            height = int(rng.integers(6, 16))
            cv2.line(picture, (x + 130, y), (x + 130 + int(rng.integers(-4, 5)), y - height), 1, 2)
    return picture


@pytest.fixture(scope="module")
def sheet() -> tuple[Layout, list[np.ndarray]]:
    """A layout of two printed pages, and the print of each."""
    prints = [words(1), words(2)]
    box = Box("q1", None, "1", 150.0, 100.0, BOX_MM, BOX_MM)
    pages = tuple(
        PageLayout(number, (box,), areas=(SHEET,), printed=pack_print(inked > 0, (SHEET,)))
        for number, inked in enumerate(prints, 1)
    )
    return Layout("LBEHIND", 7, "behind", {"q1": "one"}, pages), prints


def picture(front: np.ndarray, behind: np.ndarray | None, strokes: tuple[tuple[int, int, int], ...] = ()) -> np.ndarray:
    """Scanned: the print of this side, that of the other side a little off and soft, strokes (x mm, y mm, grey)."""
    size = round(WIDTH * SCALE), round(HEIGHT * SCALE)
    seen = np.full(size[::-1], 240.0)
    if behind is not None:
        ghost = cv2.warpAffine(
            behind[:, ::-1].astype(np.float32), np.float32([[1, 0, 3], [0, 1, -4]]), behind.shape[::-1]
        )
        soft = cv2.GaussianBlur(cv2.resize(ghost, size, interpolation=cv2.INTER_AREA), (0, 0), 1.2)
        seen -= PALE * soft / 0.7
    seen -= 210 * cv2.resize(front.astype(np.float32), size, interpolation=cv2.INTER_AREA)
    for x, y, grey in strokes:
        start, end = ((round(at * SCALE), round(v * SCALE)) for at, v in ((x, y), (x + 6, y + 4)))
        cv2.line(seen, start, end, grey, 3)
    return seen.clip(0, 255).astype(np.uint8)


PLACE = Registration(np.diag([SCALE, SCALE, 1.0]), 0.0, 4)


def darkness(pixels: np.ndarray, where: np.ndarray) -> float:
    return float(240 - pixels[where].mean())


def test_the_print_behind_goes_and_the_page_stays(sheet) -> None:
    layout, (front, behind) = sheet
    seen, bare = picture(front, behind), picture(front, None)
    clean = without_print_behind(seen, PLACE, layout, layout.pages[0], 0.3)
    assert clean is not None
    shone = (bare > 235) & (seen < 225)
    assert darkness(seen, shone) > 20
    assert darkness(clean, shone) < 3
    assert np.array_equal(clean[bare < 150], seen[bare < 150])


def test_a_page_through_which_nothing_shines_stays(sheet) -> None:
    layout, (front, _) = sheet
    assert without_print_behind(picture(front, None), PLACE, layout, layout.pages[0], 0.3) is None
    strange = picture(front, words(3))
    assert without_print_behind(strange, PLACE, layout, layout.pages[0], 0.3) is None


@pytest.mark.parametrize("quarters", [0, 1, 2])
def test_a_coarse_look_tells_pages_through_which_nothing_shines(sheet, quarters) -> None:
    layout, (front, behind) = sheet
    page, other = layout.pages
    ends = np.float32([[0, 0], [WIDTH, 0], [WIDTH, HEIGHT], [0, HEIGHT]])
    there = np.float32([[0, 0], [WIDTH * SCALE, 0], [WIDTH * SCALE, HEIGHT * SCALE], [0, HEIGHT * SCALE]])
    if quarters == 1:
        there = np.float32([[y, WIDTH * SCALE - x] for x, y in there])
    if quarters == 2:
        there = np.float32([[WIDTH * SCALE - x, HEIGHT * SCALE - y] for x, y in there])
    place = Registration(np.asarray(cv2.getPerspectiveTransform(ends, there), np.float64), 0.0, 4)
    shone, bare = (np.ascontiguousarray(np.rot90(picture(front, each), quarters)) for each in (behind, None))
    assert _may_shine(shone, place, page, other)
    assert not _may_shine(bare, place, page, other)


def test_pale_strokes_of_this_side_stay(sheet) -> None:
    layout, (front, behind) = sheet
    strokes = tuple((x, y, grey) for x, grey in ((60, 170), (120, 120)) for y in range(60, 230, 9))
    bare, without = picture(front, None), picture(front, behind)
    seen = picture(front, behind, strokes)
    clean = without_print_behind(seen, PLACE, layout, layout.pages[0], 0.3)
    assert clean is not None
    over = (bare > 235) & (without < 225) & (seen.astype(int) < without.astype(int) - 20)
    assert over.sum() > 200
    assert darkness(clean, over) > 0.8 * darkness(seen, over)
