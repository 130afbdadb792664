"""The trial sheet: a good scan passes, each wrong setting names itself, two wrong settings name both."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from forms.geometry import MM_PER_INCH, marker_rects
from forms.layout import LayoutBook
from forms.trial import ADDRESS, BACK, FRONT, Task, make_trial_sheet, write_trial_sheet
from ocr.files import PageImage, load_images
from ocr.pictures import Gray
from ocr.pretend.paper import print_scaled, print_to_fit
from ocr.pretend.pen import Mark, PenStyle, draw_mark
from ocr.pretend.scanner import encode_jpeg, place, scan
from ocr.pretend.settings import ScannerSettings
from ocr.pretend.stack import encode_tiff, render_pages
from ocr.pretend.tester import fill_trial_page
from ocr.read import read_page
from ocr.trial import TrialVerdict, check_trial
from ocr.trial_picture import jpeg_quality

DPI = 200
PEN = PenStyle("ballpoint", 0.5, 0.85)
GOOD = ScannerSettings(
    rotations={0: 1.0}, uneven_feed_share=0.0, streak_share=0.0, dark_lid_share=0.0, dust=1.0, skew_sd_deg=0.4
)
Pages = list[Gray]


def fill(pixels: Gray, tasks: tuple[Task, ...], page: int, pen: PenStyle) -> None:
    layout = make_trial_sheet("vi").layout.pages[page - 1]
    fill_trial_page(pixels, layout, tasks, np.random.default_rng(5), pen, DPI / MM_PER_INCH)


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> Pages:
    path = tmp_path_factory.mktemp("trial") / "trial.pdf"
    write_trial_sheet(path, "vi")
    return render_pages(path, 1, 2, DPI)


@pytest.fixture
def filled(printed: Pages) -> Callable[..., Pages]:
    def by(pen: PenStyle = PEN) -> Pages:
        pages = [pixels.copy() for pixels in printed]
        for number, tasks in ((1, FRONT), (2, BACK)):
            fill(pages[number - 1], tasks, number, pen)
        return pages

    return by


def scanned(
    pages: Pages, settings: ScannerSettings = GOOD, quality: int = 80, claim: int | None = DPI
) -> list[PageImage]:
    """The pages through a scanner of these settings, at its dpi, into JPEGs that claim a resolution."""
    images: list[PageImage] = []
    for number, pixels in enumerate(pages, 1):
        rng = np.random.default_rng(number)
        if settings.dpi != DPI:
            share = settings.dpi / DPI
            pixels = cv2.resize(pixels, None, fx=share, fy=share, interpolation=cv2.INTER_AREA)
        picture = scan(pixels, rng, settings, place(pixels.shape, rng, settings))
        content = encode_tiff([picture], DPI) if settings.one_bit else encode_jpeg(picture, quality, claim or 72)
        image = next(iter(load_images(content, "scan.pdf")))
        assert isinstance(image, PageImage)
        images.append(replace(image, image=number))
    return images


def codes(verdict: TrialVerdict) -> set[str]:
    return {finding.code for finding in verdict.findings} | {"mark" for _ in verdict.marks}


@pytest.mark.parametrize("rotation", [0, 90, 180, 270])
def test_a_good_scan_passes_any_way_up(filled: Callable[..., Pages], rotation: int) -> None:
    verdict = check_trial(scanned(filled(), replace(GOOD, rotations={rotation: 1.0})))
    assert codes(verdict) == set()
    assert verdict.passes
    assert [(page.page, page.right, page.tasks) for page in verdict.pages] == [(1, 8, 8), (2, 6, 6)]
    for page in verdict.pages:
        assert page.picture.scale == pytest.approx(1.0, abs=0.02)
        assert page.picture.dpi == pytest.approx(200, abs=4)


@pytest.mark.parametrize("seed", range(6))
def test_good_scanners_differ_and_all_pass(filled: Callable[..., Pages], seed: int) -> None:
    pages = filled(PenStyle("ballpoint", 0.35 + 0.05 * seed, 0.65 + 0.04 * seed))
    settings = replace(
        GOOD, blur_px=(0.3 + 0.1 * seed,) * 2, paper=(225.0 + 4 * seed,) * 2, black=(10.0 + 6 * seed,) * 2
    )
    assert codes(check_trial(scanned(pages, settings, 65 + 5 * seed))) == set()


@pytest.mark.parametrize("dpi", [150, 300])
def test_other_resolutions_that_will_do_pass(filled: Callable[..., Pages], dpi: int) -> None:
    assert codes(check_trial(scanned(filled(), replace(GOOD, dpi=dpi), claim=dpi))) == set()


@pytest.mark.parametrize("claim", [DPI, None])
@pytest.mark.parametrize("scale", [0.94, 0.97, 1.04])
def test_a_scaled_print_is_named_with_its_scale_with_or_without_the_files_dpi(
    filled: Callable[..., Pages], scale: float, claim: int | None
) -> None:
    pages = [print_scaled(pixels, scale, DPI)[0] for pixels in filled()]
    verdict = check_trial(scanned(pages, replace(GOOD, scale_sd=0.0), claim=claim))
    assert codes(verdict) == {"scaled"}
    assert [finding.fields["scale"] for finding in verdict.findings] == [pytest.approx(100 * scale, abs=0.7)] * 2


def test_fit_to_page_is_a_scaled_print(filled: Callable[..., Pages]) -> None:
    assert codes(check_trial(scanned([print_to_fit(pixels, DPI)[0] for pixels in filled()]))) == {"scaled"}


def one_bit(pages: Pages) -> list[PageImage]:
    return scanned(pages, replace(GOOD, one_bit=True, one_bit_threshold=(150.0, 150.0)))


def one_bit_in_a_jpeg(pages: Pages) -> list[PageImage]:
    return [
        replace(image, pixels=cv2.imdecode(cv2.imencode(".jpg", image.pixels, [1, 70])[1], cv2.IMREAD_GRAYSCALE))
        for image in one_bit(pages)
    ]


def light_print(pages: Pages) -> list[PageImage]:
    return scanned([np.rint(255 - 0.4 * (255.0 - pixels)).astype(np.uint8) for pixels in pages])


def bent(pages: Pages) -> list[PageImage]:
    """Pulled unevenly: the middle of the page 1.2 mm lower than it should be."""
    rows = np.arange(len(pages[0]), dtype=np.float32)
    arc = 1.2 * DPI / MM_PER_INCH * (1 - ((rows - rows[-1] / 2) / (rows[-1] / 2)) ** 2)
    columns = np.arange(pages[0].shape[1], dtype=np.float32)
    maps = np.meshgrid(columns, rows - arc)
    return scanned([cv2.remap(pixels, *maps, cv2.INTER_LINEAR, borderValue=255) for pixels in pages])


def cut_off(pages: Pages) -> list[PageImage]:
    return [replace(image, pixels=np.ascontiguousarray(image.pixels[:, 80:])) for image in scanned(pages)]


def without_marker(pages: Pages) -> list[PageImage]:
    covered = [pixels.copy() for pixels in pages]
    rect, scale = marker_rects()[3], DPI / MM_PER_INCH
    for pixels in covered:
        pixels[int((rect.y - 2) * scale) : int((rect.y + 10) * scale), : int((rect.x + 10) * scale)] = 255
    return scanned(covered)


def with_streak(pages: Pages) -> list[PageImage]:
    """Dirt on the glass, in the way of a column of boxes."""
    x = round((make_trial_sheet("vi").layout.pages[0].boxes[3].x + 1.5) * DPI / MM_PER_INCH)
    streaked = [pixels.copy() for pixels in pages]
    for pixels in streaked:
        pixels[:, x : x + 2] = np.minimum(pixels[:, x : x + 2], 120)
    return scanned(streaked, replace(GOOD, skew_sd_deg=0.0, shift_sd_mm=0.0, scale_sd=0.0))


WRONG: dict[str, tuple[Callable[[Pages], list[PageImage]], set[str]]] = {
    "coarse": (lambda pages: scanned(pages, replace(GOOD, dpi=120), claim=120), {"coarse"}),
    "black and white": (one_bit, {"black_white"}),
    "black and white in a JPEG": (one_bit_in_a_jpeg, {"black_white"}),
    "squeezed": (lambda pages: scanned(pages, quality=25), {"squeezed"}),
    "light print": (light_print, {"light"}),
    "bent": (bent, {"bent"}),
    "cut off": (cut_off, {"cut"}),
    "a corner covered": (without_marker, {"marker"}),
    "streak": (with_streak, {"streak"}),
    "front only": (lambda pages: scanned(pages[:1]), {"scanned_one_side"}),
    "printed on one side": (lambda pages: scanned([pages[0], np.full_like(pages[0], 255)]), {"printed_one_side"}),
    "twice": (lambda pages: scanned([pages[0], *pages]), {"twice"}),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_wrong_setting_names_itself_and_nothing_else(filled: Callable[..., Pages], what: str) -> None:
    do, expected = WRONG[what]
    assert codes(check_trial(do(filled()))) == expected


@pytest.mark.parametrize("paper", [225.0, 255.0])
@pytest.mark.parametrize("quality", [15, 30, 60, 75])
def test_the_quality_of_a_jpeg_is_told_also_where_white_is_clipped(printed: Pages, quality: int, paper: float) -> None:
    for image in scanned(printed, replace(GOOD, paper=(paper, paper)), quality):
        assert jpeg_quality(image.pixels) == pytest.approx(quality, abs=2)


def test_no_quality_is_made_up_where_no_jpeg_was(printed: Pages) -> None:
    for image in one_bit(printed):
        assert jpeg_quality(image.pixels) is None
    rng = np.random.default_rng(1)
    assert jpeg_quality(scan(printed[0], rng, GOOD, place(printed[0].shape, rng, GOOD))) is None


@pytest.mark.parametrize("degrees", [-4.0, 3.2])
def test_skew_is_told_in_degrees(filled: Callable[..., Pages], degrees: float) -> None:
    pages = filled()
    turn = cv2.getRotationMatrix2D((pages[0].shape[1] / 2, pages[0].shape[0] / 2), degrees, 1.0)
    askew = [cv2.warpAffine(pixels, turn, pixels.shape[::-1], borderValue=255) for pixels in pages]
    verdict = check_trial(scanned(askew, replace(GOOD, skew_sd_deg=0.0)))
    assert codes(verdict) == {"skewed"}
    assert verdict.findings[0].fields["degrees"] == pytest.approx(abs(degrees), abs=0.1)


def test_a_page_of_something_else_is_named_by_its_place(filled: Callable[..., Pages], photograph: Gray) -> None:
    front, back = scanned(filled())
    verdict = check_trial([front, PageImage("scan.pdf", 2, photograph), back])
    assert [(finding.code, finding.fields) for finding in verdict.findings] == [("mixed", {"images": "2"})]


def test_a_pen_that_is_too_light_is_named(filled: Callable[..., Pages]) -> None:
    weak = PenStyle("faint", 0.3, 0.1)
    verdict = check_trial(scanned(filled(weak)))
    assert codes(verdict) & {"pen", "unmarked"}
    assert not verdict.passes


def test_a_sheet_that_nobody_marked_is_not_told_line_by_line(printed: Pages) -> None:
    assert codes(check_trial(scanned(printed))) == {"unmarked"}


def test_a_line_filled_otherwise_is_named_with_its_place(filled: Callable[..., Pages]) -> None:
    pages = filled()
    box = next(box for box in make_trial_sheet("vi").layout.pages[0].boxes if (box.question, box.option) == ("6", "C"))
    scale = DPI / MM_PER_INCH
    where = (box.x * scale, box.y * scale, box.w * scale, box.h * scale)
    draw_mark(pages[0], where, Mark("cross"), np.random.default_rng(1), PEN, scale)
    verdict = check_trial(scanned(pages))
    (wrong,) = verdict.marks
    assert (wrong.task.question, wrong.answer.chosen, wrong.image) == ("6", ("C",), 1)
    assert wrong.y_mm == pytest.approx(box.y + 2.1, abs=4)


@pytest.mark.parametrize(
    ("do", "expected"),
    [
        (
            lambda pages: scanned([print_scaled(page, 0.95, DPI)[0] for page in pages], quality=25),
            {"scaled", "squeezed"},
        ),
        (lambda pages: scanned(pages[1:], replace(GOOD, dpi=120), claim=120), {"coarse", "scanned_one_side"}),
        (lambda pages: one_bit([print_scaled(page, 1.04, DPI)[0] for page in pages]), {"scaled", "black_white"}),
    ],
)
def test_two_wrong_settings_name_both(filled: Callable[..., Pages], do: Callable, expected: set[str]) -> None:
    assert codes(check_trial(do(filled()))) == expected


def test_files_without_the_sheet_say_so(photograph: Gray) -> None:
    assert codes(check_trial([PageImage("photo.jpg", 1, photograph)])) == {"nothing"}
    assert codes(check_trial([])) == {"nothing"}


def test_every_campaign_takes_the_sheet_for_foreign(filled: Callable[..., Pages]) -> None:
    layout = make_trial_sheet("vi").layout
    for address in ("", "HTTPS://KHAOSAT.EXAMPLE.VN"):
        reading = read_page(scanned(filled())[0], LayoutBook("c", (address,), {layout.id: layout}))
        assert (reading.status, reading.serial) == ("foreign", None)
    assert not ADDRESS.startswith("HTTP")


def test_the_sheet_is_the_same_every_time(tmp_path: Path) -> None:
    for name in ("one.pdf", "two.pdf"):
        write_trial_sheet(tmp_path / name, "vi")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
