"""PDF pages that are more than one upright picture: layers, masks, strips, crops, clips, odd colours."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image

from forms.geometry import MM_PER_INCH
from ocr.files import BadImage, PageImage, count_images, load_images
from ocr.pictures import Gray

WIDTH_PT, HEIGHT_PT = 595.2, 841.8
FULL = b"%.2f 0 0 %.2f 0 0 cm" % (WIDTH_PT, HEIGHT_PT)


def image_object(pixels_or_stream: Gray | bytes, width: int, height: int, more: bytes) -> bytes:
    """An image XObject; pixels are deflated, a stream is taken as it is."""
    plain = not isinstance(pixels_or_stream, bytes)
    stream = zlib.compress(pixels_or_stream.tobytes()) if plain else pixels_or_stream
    head = b"<< /Type /XObject /Subtype /Image /Width %d /Height %d %s%s /Length %d >>"
    deflated = b" /Filter /FlateDecode" if plain else b""
    return head % (width, height, more, deflated, len(stream)) + b"\nstream\n" + stream + b"\nendstream"


def make_pdf(images: list[bytes], content: bytes, page: bytes = b"") -> bytes:
    """One page; images are /I0, /I1 ... and objects 5, 6 ..., the page's drawing is `content`."""
    names = b" ".join(b"/I%d %d 0 R" % (number, 5 + number) for number in range(len(images)))
    box = b"/MediaBox [0 0 %.2f %.2f]" % (WIDTH_PT, HEIGHT_PT)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Count 1 /Kids [3 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /Resources << /XObject << %s >> >> %s %s /Contents 4 0 R >>"
        % (names, box, page),
        b"<< /Length %d >>\nstream\n" % len(content) + content + b"\nendstream",
        *images,
    ]
    made, offsets = b"%PDF-1.6\n", []
    for number, body in enumerate(objects, 1):
        offsets.append(len(made))
        made += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + rows
    trailer = b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(made))
    return made + head + trailer


def jpeg(pixels: Gray, mode: str = "L") -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).convert(mode).save(content, "JPEG", quality=92)
    return content.getvalue()


def group4(ink: Gray) -> bytes:
    """The CCITT group 4 strip of a picture, True where ink is."""
    content = io.BytesIO()
    Image.fromarray(ink).save(content, "TIFF", compression="group4", tiffinfo={278: ink.shape[0]})
    with Image.open(io.BytesIO(content.getvalue())) as saved:
        (start,), (length,) = saved.tag_v2[273], saved.tag_v2[279]
    return content.getvalue()[start : start + length]


def jbig2(ink: Gray) -> bytes:
    """A JBIG2 stream as PDF embeds it: page information and one generic region coded as group 4 (ITU-T T.88, 7.4)."""
    height, width = ink.shape
    about = struct.pack(">IIIIBH", width, height, 0, 0, 0, 0)
    region = struct.pack(">IIIIB", width, height, 0, 0, 0) + b"\x01" + group4(ink)
    parts = [(0, 48, about), (1, 38, region)]
    return b"".join(struct.pack(">IBBBI", number, kind, 0, 1, len(body)) + body for number, kind, body in parts)


def load(content: bytes) -> PageImage | BadImage:
    assert count_images(content) == 1
    (item,) = load_images(content, "scan")
    return item


@pytest.fixture(scope="module")
def page(desk) -> Gray:
    pixels = desk.blank(200)
    for row in range(1, 13):
        desk.draw(pixels, desk.box(f"q{row}", str(row % 5)))
    return pixels


@pytest.fixture(scope="module")
def fine(desk) -> Gray:
    """The same at 300 dpi."""
    pixels = desk.blank(300)
    for row in range(1, 13):
        desk.draw(pixels, desk.box(f"q{row}", str(row % 5)), dpi=300)
    return pixels


def check_read(desk, item: PageImage | BadImage) -> None:
    assert isinstance(item, PageImage)
    reading = desk.read(item.pixels)
    assert (reading.status, reading.serial) == ("read", desk.serial)
    answers = {answer.question: answer for answer in reading.answers}
    assert [(answers[f"q{row}"].state, answers[f"q{row}"].chosen) for row in range(1, 13)] == [
        ("clear", (str(row % 5),)) for row in range(1, 13)
    ]


def strips(page: Gray) -> tuple[list[bytes], bytes]:
    images, content, top = [], b"", 0
    for number, part in enumerate(np.array_split(page, 5)):
        images.append(image_object(part, page.shape[1], len(part), b"/ColorSpace /DeviceGray /BitsPerComponent 8"))
        high, low = HEIGHT_PT * len(part) / len(page), HEIGHT_PT * (1 - (top + len(part)) / len(page))
        content += b"q %.3f 0 0 %.3f 0 %.3f cm /I%d Do Q " % (WIDTH_PT, high, low, number)
        top += len(part)
    return images, content


GRAY8 = b"/ColorSpace /DeviceGray /BitsPerComponent 8"


@pytest.mark.parametrize("coding", ["group4", "jbig2"])
def test_a_compact_pdf_of_background_and_a_mask_of_text_is_read_like_the_plain_scan(desk, fine, coding) -> None:
    height, width = fine.shape
    coarse = cv2.resize(np.full_like(fine, 235), None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    ink = fine < 140
    stream = group4(ink) if coding == "group4" else jbig2(ink)
    coded = b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>" % (width, height)
    how = coded if coding == "group4" else b"/Filter /JBIG2Decode"
    # a stencil paints where its bits are 0: JBIG2 codes ink as 1, which PDF turns round
    mask = image_object(stream, width, height, b"/ImageMask true /BitsPerComponent 1 " + how)
    layers = [image_object(jpeg(coarse), *coarse.shape[::-1], GRAY8 + b" /Filter /DCTDecode"), mask]
    item = load(make_pdf(layers, b"q %s /I0 Do Q q 0.1 0.1 0.1 rg %s /I1 Do Q" % (FULL, FULL)))
    assert item.dpi == pytest.approx(300, abs=1)
    check_read(desk, item)


def test_a_mask_alone_is_drawn_at_its_own_resolution(desk, fine) -> None:
    height, width = fine.shape
    how = b"/ImageMask true /BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>"
    item = load(make_pdf([image_object(group4(fine < 140), width, height, how % (width, height))], FULL + b" /I0 Do"))
    assert item.dpi == pytest.approx(300, abs=1)
    assert isinstance(item, PageImage)
    assert item.pixels.mean() > 128
    reading = desk.read(item.pixels)
    assert (reading.status, reading.serial) == ("read", desk.serial)


def test_a_foreground_picture_with_a_soft_mask_is_not_taken_for_the_page(desk, page) -> None:
    height, width = page.shape
    mask = image_object(255 - page, width, height, GRAY8)
    front = image_object(np.zeros((30, 20), np.uint8), 20, 30, GRAY8 + b" /SMask 6 0 R")
    content = b"q %s /I0 Do Q" % FULL
    check_read(desk, load(make_pdf([front, mask], content)))


def test_a_page_cut_into_strips_is_put_together_at_its_own_resolution(desk, page) -> None:
    item = load(make_pdf(*strips(page)))
    assert item.dpi == pytest.approx(200, abs=1)
    check_read(desk, item)


def test_a_coarse_scan_in_strips_is_never_read_wrongly(desk, page) -> None:
    small = cv2.resize(page, None, fx=0.3, fy=0.3, interpolation=cv2.INTER_AREA)
    reading = desk.read(load(make_pdf(*strips(small))).pixels)
    rows = {answer.question: answer for answer in reading.answers if answer.state != "doubtful"}
    assert all(rows[f"q{row}"].chosen == (str(row % 5),) for row in range(1, 13) if f"q{row}" in rows)


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
def test_strips_on_a_turned_page_stand_as_a_viewer_shows_them(desk, page, rotate) -> None:
    item = load(make_pdf(*strips(page), b"/Rotate %d" % rotate))
    check_read(desk, item)
    assert desk.read(item.pixels).rotation == rotate


def test_what_a_crop_or_a_clip_hides_is_not_shown(page) -> None:
    image = [image_object(page, *page.shape[::-1], GRAY8)]
    cropped = load(make_pdf(image, FULL + b" /I0 Do", b"/CropBox [0 0 595.2 400]"))
    assert cropped.pixels.shape[0] == pytest.approx(400 / 72 * 200, abs=2)
    clipped = load(make_pdf(image, b"q 0 0 595.2 400 re W n %s /I0 Do Q" % FULL))
    assert (clipped.pixels[:1200] == 255).all()
    whole = load(make_pdf(image, b"q 0 0 595.2 841.8 re W n %s /I0 Do Q" % FULL))
    assert (whole.pixels == page).all()


def test_levels_that_are_turned_round_are_turned_back(desk, page) -> None:
    about = GRAY8 + b" /Decode [1 0]"
    for stream, how in ((jpeg(255 - page), about + b" /Filter /DCTDecode"), (255 - page, about)):
        check_read(desk, load(make_pdf([image_object(stream, *page.shape[::-1], how)], FULL + b" /I0 Do")))


def test_a_cmyk_picture_is_as_light_as_the_paper(desk, page) -> None:
    content = jpeg(page, "CMYK")  # Pillow writes it turned round, as Adobe does, and says so
    about = b"/ColorSpace /DeviceCMYK /BitsPerComponent 8 /Filter /DCTDecode /Decode [1 0 1 0 1 0 1 0]"
    item = load(make_pdf([image_object(content, *page.shape[::-1], about)], FULL + b" /I0 Do"))
    assert item.dpi == pytest.approx(200, abs=1)
    check_read(desk, item)


def test_a_picture_of_calibrated_grey_is_taken_out_as_it_is(page) -> None:
    about = b"/ColorSpace [/CalGray << /WhitePoint [0.95 1 1.09] >>] /BitsPerComponent 8 /Filter /DCTDecode"
    item = load(make_pdf([image_object(jpeg(page), *page.shape[::-1], about)], FULL + b" /I0 Do"))
    assert (item.pixels == next(load_images(jpeg(page), "a")).pixels).all()


def test_a_jpeg_that_lost_pixels_on_its_way_is_not_drawn_either(page) -> None:
    content = jpeg(page)
    lost = content[:9000] + b"\xff" * 512 + content[9512:]
    beside = b"q %s /I0 Do Q 5 5 2 2 re f" % FULL  # print beside the picture: the page is drawn
    for stream, is_whole in ((content, True), (lost, False)):
        image = image_object(stream, *page.shape[::-1], GRAY8 + b" /Filter /DCTDecode")
        item = load(make_pdf([image], beside))
        assert isinstance(item, PageImage) if is_whole else item == BadImage("scan", 1, "damaged_file")


def test_a_picture_that_only_drawing_could_show_and_that_is_damaged_is_no_empty_page(page) -> None:
    images, content = strips(page)
    broken = [
        b"<< /Type /XObject /Subtype /Image /Width 9 /Height 9 /Filter /JPXDecode /Length 2 >>\nstream\nxx\nendstream"
        for _ in images
    ]
    assert load(make_pdf(broken, content)) == BadImage("scan", 1, "damaged_file")


def test_a_page_of_600_dpi_in_strips_is_drawn_no_finer_than_the_reader_looks(desk, fine) -> None:
    double = cv2.resize(fine, None, fx=2, fy=2, interpolation=cv2.INTER_LINEAR)
    item = load(make_pdf(*strips(double)))
    assert item.dpi == pytest.approx(300, abs=1)
    assert item.pixels.shape[1] == pytest.approx(210 * 300 / MM_PER_INCH, abs=2)
    check_read(desk, item)
