"""Photographed sheets: tilted, bent, creased, shaded. Read where their outlines bear it out, else a person's."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH, PAGE_H_MM, PAGE_W_MM
from forms.serial import make_serial
from ocr.files import PageImage, load_images
from ocr.light import even_out
from ocr.pretend.camera import take_photo
from ocr.pretend.camera_paper import bend_paper
from ocr.pretend.camera_settings import HARD_CAMERA, CameraSettings
from ocr.pretend.camera_view import CORNERS_MM
from ocr.read import read_page
from ocr.register import Registration, find_registration
from ocr.settle import settle_place

DPI = 200
ORDINARY = replace(CameraSettings(), megapixels=(3.0, 4.0))
CHOSEN = {"q1": "5", "q4": "0", "q7": "3", "q12": "1"}


@pytest.fixture(scope="module")
def filled(desk):
    pixels = desk.blank()
    for question, option in CHOSEN.items():
        desk.draw(pixels, desk.box(question, option), "tick" if question == "q4" else "cross")
    return pixels


def photograph(desk, pixels, seed, settings):
    photo = take_photo(pixels, DPI, np.random.default_rng(seed), settings, desk.blank())
    (image,) = load_images(photo.content, "photo.jpg")
    assert isinstance(image, PageImage)
    return image, photo.view


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(1, 5))])
def test_a_photo_says_what_the_sheet_says(desk, filled, seed) -> None:
    image, view = photograph(desk, filled, seed, ORDINARY)
    reading = read_page(image, desk.book)
    assert (reading.status, reading.serial, reading.rotation) == ("read", desk.serial, view.rotation)
    answers = desk.answers(reading)
    decided = {name: answer.chosen for name, answer in answers.items() if answer.state != "doubtful"}
    assert len(decided) >= 12
    for question in (f"q{number}" for number in range(1, 13)):
        if question in decided:
            assert decided[question] == ((CHOSEN[question],) if question in CHOSEN else ())


@pytest.mark.parametrize("kind", ["arch", *(pytest.param(kind, marks=pytest.mark.slow) for kind in ("edge", "wave"))])
def test_a_bent_sheet_is_settled_by_its_outlines(desk, filled, kind) -> None:
    bent = replace(ORDINARY, curls={kind: 1.0}, curl_mm=(6.0, 7.0), tilt_deg=(8.0, 12.0), folds=0.0, hands=0.0)
    image, view = photograph(desk, filled, 5, bent)
    rough = find_registration(image.pixels)
    assert isinstance(rough, Registration)
    assert rough.rough
    place = settle_place(even_out(image.pixels, rough.px_per_mm), rough, desk.page.boxes)
    assert place is not None
    middles = np.array([(box.x + box.w / 2, box.y + box.h / 2) for box in desk.page.boxes])
    off = [
        np.linalg.norm(each.to_px(middles) - view.to_px(middles), axis=1) / view.px_per_mm for each in (rough, place)
    ]
    assert off[0].max() > 0.5  # else the bend is too weak to test anything
    assert off[1].max() < 0.6  # the reader looks 0.7 mm around


@pytest.mark.slow
def test_a_letters_folds_are_followed(desk, filled) -> None:
    folded = replace(ORDINARY, folds=1.0, fold_deg=(3.0, 4.0), curl_mm=(0.0, 1.0), hands=0.0)
    image, _ = photograph(desk, filled, 11, folded)
    reading = read_page(image, desk.book)
    assert reading.status == "read"
    assert all(
        answer.state == "doubtful" or answer.chosen == ((CHOSEN[name],) if name in CHOSEN else ())
        for name, answer in desk.answers(reading).items()
        if name.startswith("q")
    )


def test_a_shadows_sharp_edge_is_no_mark(desk) -> None:
    pixels = desk.blank()
    shaded = pixels.copy()
    rows = np.arange(shaded.shape[0])[:, None]
    shaded = np.where(np.arange(shaded.shape[1])[None, :] > 1000 + rows / 8, shaded // 2, shaded).astype(np.uint8)
    corners = CORNERS_MM * DPI / MM_PER_INCH
    seen = corners * 0.8 + [[150, 200], [120, 230], [190, 160], [160, 210]]
    tilt = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    image = cv2.warpPerspective(shaded, tilt, pixels.shape[::-1], flags=cv2.INTER_AREA, borderValue=90)
    reading = desk.read(cv2.GaussianBlur(image, (0, 0), 0.7))
    assert all(answer.chosen == () for name, answer in desk.answers(reading).items() if name.startswith("q"))


def test_outlines_that_stand_elsewhere_do_not_bear_a_place_out(desk, filled) -> None:
    image, _ = photograph(desk, filled, 1, replace(ORDINARY, hands=0.0, tilt_deg=(6.0, 10.0)))
    rough = find_registration(image.pixels)
    assert isinstance(rough, Registration)
    moved = [replace(box, x=box.x - 6.5, y=box.y - 4.8) for box in desk.page.boxes]
    assert settle_place(image.pixels, rough, desk.page.boxes) is not None
    assert settle_place(image.pixels, rough, moved) is None
    assert settle_place(image.pixels, rough, []) is None


def test_bent_paper_keeps_its_lengths() -> None:
    for seed in range(8):
        paper = bend_paper(np.random.default_rng(seed), replace(HARD_CAMERA, folds=0.0))
        for axis, size in enumerate((PAGE_W_MM, PAGE_H_MM)):
            line = np.full((200, 2), 100.0)
            line[:, axis] = np.linspace(0, size, 200)
            assert np.linalg.norm(np.diff(paper.in_space(line), axis=0), axis=1).sum() == pytest.approx(size, rel=0.01)


@pytest.mark.parametrize("aside_mm", [-7.5, 7.5])
def test_two_folded_corners_never_lend_a_sheet_the_serial_of_the_one_beneath(desk, filled, aside_mm) -> None:
    scale = DPI / MM_PER_INCH
    beneath = desk.blank(serial=make_serial(77, 20_140_399))
    beneath = cv2.warpAffine(
        beneath, np.float32([[1, 0, aside_mm * scale], [0, 1, 0]]), beneath.shape[::-1], borderValue=255
    )
    high, wide = filled.shape
    folded = np.zeros_like(filled)
    for x, y, right, down in ((wide, 0, -1, 1), (0, high, 1, -1)):
        flap = np.array([[x, y], [x + right * 75 * scale, y], [x, y + down * 75 * scale]])
        cv2.fillPoly(folded, [np.rint(flap).astype(np.int32)], 255)
    both = np.where(folded > 0, beneath, filled).astype(np.uint8)
    corners = CORNERS_MM * scale
    seen = corners * 0.85 + [[110, 150], [100, 190], [150, 120], [120, 170]]
    tilt = cv2.getPerspectiveTransform(corners.astype(np.float32), seen.astype(np.float32))
    image = cv2.warpPerspective(both, tilt, both.shape[::-1], flags=cv2.INTER_AREA, borderValue=90)
    reading = desk.read(cv2.GaussianBlur(image, (0, 0), 0.7))
    assert reading.status == "unreadable"


@pytest.mark.slow
@pytest.mark.slow
@pytest.mark.parametrize("seed", range(20, 36))
def test_hard_photos_are_never_silently_wrong(desk, filled, seed) -> None:
    reading = read_page(photograph(desk, filled, seed, HARD_CAMERA)[0], desk.book)
    assert reading.serial in (None, desk.serial)
    for answer in reading.answers:
        if answer.state != "doubtful" and answer.question in {f"q{number}" for number in range(1, 13)}:
            assert answer.chosen == ((CHOSEN[answer.question],) if answer.question in CHOSEN else ())
