"""The pretend phone camera: what it shows is where it says, the same for the same seed."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from forms.geometry import marker_rects
from ocr.markers import find_markers
from ocr.pictures import decode_jpeg
from ocr.pretend.camera import take_photo
from ocr.pretend.camera_paper import bend_paper
from ocr.pretend.camera_settings import HARD_CAMERA, CameraSettings
from ocr.pretend.camera_view import point_camera

pytestmark = pytest.mark.slow  # whole pages are drawn
SMALL = replace(CameraSettings(), megapixels=(3.0, 3.2), hands=0.0, glares=0.0)


def test_the_map_from_pixels_to_paper_undoes_the_view_of_bent_paper() -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        view = point_camera(bend_paper(rng, HARD_CAMERA), rng, replace(HARD_CAMERA, megapixels=(2.0, 2.1)))
        x_mm, y_mm = view.sheet_map()
        points = np.array([[x, y] for x in np.linspace(15, 195, 9) for y in np.linspace(15, 282, 11)])
        there = np.rint(view.to_px(points)).astype(int)
        assert (there >= 0).all()
        assert (there < (view.width, view.height)).all()
        off = np.hypot(*(np.stack([each[there[:, 1], there[:, 0]] for each in (x_mm, y_mm)]) - points.T))
        assert off.max() < 1.5 / view.px_per_mm + 0.3  # half a pixel of rounding; folds are rounded off a little


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_corners_stand_where_the_view_says_and_the_exif_tag_turns_the_photo_upright(desk, seed) -> None:
    photo = take_photo(desk.blank(), 200, np.random.default_rng(seed), replace(SMALL, upright=float(seed == 1)))
    stored = Image.open(io.BytesIO(photo.content))
    assert stored.mode == "RGB"
    assert (stored.getexif().get(0x0112, 1) == 1) == (seed == 1)
    pixels = decode_jpeg(photo.content)[0]
    assert pixels.shape == (photo.view.height, photo.view.width)
    found = find_markers(pixels)
    assert len(found) >= 3
    for marker, corners in found.items():
        rect = marker_rects()[marker]
        expected = photo.view.to_px(np.array([[rect.x, rect.y], [rect.x + rect.w, rect.y + rect.h]]))
        assert np.abs(corners[[0, 2]] - expected).max() < 2.0


def test_the_same_seed_gives_the_same_photo(desk) -> None:
    first, again = (take_photo(desk.blank(), 200, np.random.default_rng(9), SMALL).content for _ in range(2))
    assert first == again


def test_what_was_written_gets_the_colour_of_a_pen(desk) -> None:
    page = desk.blank()
    for question in range(1, 13):
        desk.draw(page, desk.box(f"q{question}", "5"), "fill", level=120)
    plain = replace(SMALL, tables={"white": 1.0}, shadows=0.0, folds=0.0, shaken=0.0, upright=1.0)
    for seed in range(20):
        photo = take_photo(page, 200, np.random.default_rng(seed), plain, desk.blank())
        box = desk.box("q3", "5")
        column, row = np.rint(photo.view.to_px(np.array([[box.x + box.w / 2, box.y + box.h / 2]]))[0]).astype(int)
        rgb = np.asarray(Image.open(io.BytesIO(photo.content)))[row - 3 : row + 4, column - 3 : column + 4]
        red, green, blue = rgb.reshape(-1, 3).mean(axis=0)
        if blue > 1.15 * max(red, green):
            return
    pytest.fail("no photo shows a blue pen")
