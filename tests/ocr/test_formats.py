"""One filled sheet in every file that scanners, phones and office programs write: bytes in, the same answers out."""

from __future__ import annotations

import io
import zlib

import cv2
import numpy as np
import pytest
from PIL import Image
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from forms.geometry import MM_PER_INCH
from ocr.files import BadImage, PageImage, load_images
from ocr.pictures import Gray
from ocr.read import read_page
from tests.ocr.test_pdf_layers import FULL, check_read, group4, image_object, jbig2, jpeg, make_pdf


@pytest.fixture(scope="module")
def sheet(desk) -> Gray:
    pixels = desk.blank(200)
    for row in range(1, 13):
        desk.draw(pixels, desk.box(f"q{row}", str(row % 5)))
    return desk.scan(pixels, degrees=0.4, noise=2.0)


def save(picture: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def check_all_read(desk, content: bytes, pages: int = 1) -> None:
    loaded = list(load_images(content, "scan"))
    assert len(loaded) == pages
    for item in loaded:
        check_read(desk, item)


JPEGS = {
    "grey": ("L", {}),
    "colour": ("RGB", {"subsampling": 2}),
    "fine colour": ("RGB", {"subsampling": 0}),
    "progressive": ("RGB", {"progressive": True}),
    "grey progressive": ("L", {"progressive": True}),
    "cmyk": ("CMYK", {}),
    "coarse": ("L", {"quality": 40}),
}


@pytest.mark.parametrize("kind", JPEGS)
def test_jpegs(desk, sheet, kind) -> None:
    mode, options = JPEGS[kind]
    check_all_read(desk, save(Image.fromarray(sheet).convert(mode), "JPEG", **{"quality": 85, **options}))


@pytest.mark.parametrize("orientation", range(1, 9))
def test_photos_that_say_how_the_camera_was_held(desk, sheet, orientation) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    turns = [
        lambda page: page,
        np.fliplr,
        lambda page: np.rot90(page, 2),
        np.flipud,
        lambda page: page.T,
        np.rot90,
        lambda page: np.rot90(page, 2).T,
        lambda page: np.rot90(page, -1),
    ]
    stored = Image.fromarray(np.ascontiguousarray(turns[orientation - 1](sheet)))
    check_all_read(desk, save(stored, "JPEG", quality=85, exif=exif))


@pytest.mark.parametrize("kind", ["WEBP", "BMP"])
def test_pictures_of_chat_programs_and_of_old_scanner_programs(desk, sheet, kind) -> None:
    for mode in ("L", "RGB"):
        check_all_read(desk, save(Image.fromarray(sheet).convert(mode), kind))


@pytest.mark.slow
def test_pngs(desk, sheet) -> None:
    picture = Image.fromarray(sheet)
    for mode in ("L", "RGB", "P", "LA", "RGBA"):
        check_all_read(desk, save(picture.convert(mode), "PNG", compress_level=1))
    deep = cv2.imencode(".png", sheet.astype(np.uint16) * 257)[1].tobytes()
    check_all_read(desk, deep)


@pytest.mark.slow
def test_tiffs_of_several_pages(desk, sheet) -> None:
    for mode in ("L", "RGB"):
        picture = Image.fromarray(sheet).convert(mode)
        for compression in ("tiff_lzw", "tiff_deflate", "jpeg", "packbits", None):
            options = {"compression": compression} if compression else {}
            content = save(picture, "TIFF", save_all=True, append_images=[picture], dpi=(200, 200), **options)
            check_all_read(desk, content, 2)


@pytest.mark.parametrize("kind", ["group4", "group3", "png"])
def test_pages_of_one_bit_keep_their_marks_and_promise_no_blank(desk, sheet, kind) -> None:
    picture = Image.fromarray(sheet).convert("1", dither=Image.Dither.NONE)
    content = save(picture, "PNG") if kind == "png" else save(picture, "TIFF", compression=kind)
    (item,) = load_images(content, "scan")
    assert isinstance(item, PageImage)
    answers = {answer.question: answer for answer in desk.read(item.pixels).answers}
    assert [(answers[f"q{row}"].state, answers[f"q{row}"].chosen) for row in range(1, 13)] == [
        ("clear", (str(row % 5),)) for row in range(1, 13)
    ]
    assert answers["q13"].state == "doubtful"


def embedded(sheet: Gray, kind: str) -> bytes:
    height, width = sheet.shape
    if kind == "jpx":
        stream = save(Image.fromarray(sheet), "JPEG2000", quality_mode="rates", quality_layers=[8])
        return image_object(stream, width, height, b"/Filter /JPXDecode /ColorSpace /DeviceGray /BitsPerComponent 8")
    if kind == "flate":
        return image_object(sheet, width, height, b"/ColorSpace /DeviceGray /BitsPerComponent 8")
    if kind == "jpeg":
        about = b"/Filter /DCTDecode /ColorSpace /DeviceGray /BitsPerComponent 8"
        return image_object(jpeg(sheet), width, height, about)
    ink = sheet < 140
    about = b"/ColorSpace /DeviceGray /BitsPerComponent 1 "
    if kind == "jbig2":
        return image_object(jbig2(ink), width, height, about + b"/Filter /JBIG2Decode")
    parameters = b"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d >>" % (width, height)
    return image_object(group4(ink), width, height, about + parameters)


@pytest.mark.parametrize("kind", ["jpeg", "jpx", "flate", "jbig2", "group4"])
def test_pdfs_by_what_their_picture_is_coded_in(desk, sheet, kind) -> None:
    check_all_read(desk, make_pdf([embedded(sheet, kind)], FULL + b" /I0 Do"))


@pytest.mark.parametrize("rotate", [0, 90, 180, 270])
@pytest.mark.parametrize("turned", range(4))
def test_pdfs_whose_picture_and_page_are_turned(desk, sheet, rotate, turned) -> None:
    matrices = [b"595.2 0 0 841.8 0 0", b"0 841.8 -595.2 0 595.2 0", b"-595.2 0 0 -841.8 595.2 841.8"]
    matrices.append(b"0 -841.8 595.2 0 0 841.8")
    stored = np.ascontiguousarray(np.rot90(sheet, -turned))
    content = b"%s cm /I0 Do" % matrices[turned]
    check_all_read(desk, make_pdf([embedded(stored, "jpeg")], content, b"/Rotate %d" % rotate))


@pytest.mark.parametrize("matrix", [b"-595.2 0 0 841.8 595.2 0", b"595.2 0 0 -841.8 0 841.8"])
def test_pdfs_whose_picture_is_stored_mirrored(desk, sheet, matrix) -> None:
    stored = np.fliplr(sheet) if matrix.startswith(b"-") else np.flipud(sheet)
    check_all_read(desk, make_pdf([embedded(np.ascontiguousarray(stored), "jpeg")], matrix + b" cm /I0 Do"))


def test_pdfs_with_an_inline_picture(desk, sheet) -> None:
    height, width = sheet.shape
    data = zlib.compress(sheet.tobytes()).hex().encode() + b">"
    head = b"BI /W %d /H %d /CS /G /BPC 8 /F [/AHx /Fl] ID " % (width, height)
    check_all_read(desk, make_pdf([], FULL + b" " + head + data + b" EI"))


def test_a_pdf_that_opens_without_a_password_is_read_though_its_owner_has_one(desk, sheet) -> None:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(595.2, 841.8), encrypt=StandardEncryption("", ownerPassword="owner"))
    canvas.drawImage(ImageReader(io.BytesIO(jpeg(sheet))), 0, 0, 595.2, 841.8)
    canvas.showPage()
    canvas.save()
    check_all_read(desk, content.getvalue())


@pytest.mark.parametrize("dpi", [100, 150, 240, *(pytest.param(dpi, marks=pytest.mark.slow) for dpi in (400, 600))])
def test_scans_of_every_resolution(desk, dpi) -> None:
    pixels = desk.blank(dpi)
    for row in range(1, 13):
        desk.draw(pixels, desk.box(f"q{row}", str(row % 5)), dpi=dpi)
    check_all_read(desk, cv2.imencode(".jpg", pixels)[1].tobytes())


@pytest.mark.parametrize(("width_mm", "height_mm"), [(420, 297), (297, 420), (216, 356), (230, 305)])
def test_a_sheet_on_a_larger_glass(desk, sheet, width_mm, height_mm) -> None:
    glass = np.full([round(side * 200 / MM_PER_INCH) for side in (height_mm, width_mm)], 238, np.uint8)
    height, width = (min(sizes) for sizes in zip(sheet.shape, glass.shape, strict=True))
    glass[:height, :width] = sheet[:height, :width]
    check_all_read(desk, cv2.imencode(".jpg", glass)[1].tobytes())


@pytest.mark.parametrize("top_mm", [0, 8.8, 17.6])
def test_a_sheet_cut_off_by_a_letter_glass_is_read_right_or_a_persons(desk, sheet, top_mm) -> None:
    top, height = (round(mm * 200 / MM_PER_INCH) for mm in (top_mm, 279.4))
    (item,) = load_images(cv2.imencode(".jpg", sheet[top : top + height])[1].tobytes(), "scan")
    assert isinstance(item, PageImage)
    reading = desk.read(item.pixels)
    if reading.status == "read":
        check_read(desk, item)
    else:
        assert (reading.status, reading.serial) == ("unreadable", desk.serial)


@pytest.mark.parametrize("kind", ["GIF", "JPEG2000"])
def test_kinds_that_we_do_not_read_are_refused_by_name(sheet, kind) -> None:
    assert list(load_images(save(Image.fromarray(sheet), kind), "x")) == [BadImage("x", 1, "not_an_image")]


def test_a_small_png_that_unpacks_into_gigabytes_is_refused_before_it_does() -> None:
    side = 60_000
    header = side.to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(bytes(side + 1)) for _ in range(50)) + rows.flush()
    chunks = [(b"IHDR", header), (b"IDAT", packed), (b"IEND", b"")]
    content = b"\x89PNG\r\n\x1a\n" + b"".join(
        len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4) for kind, body in chunks
    )
    assert list(load_images(content, "x")) == [BadImage("x", 1, "too_large")]


def test_a_pdf_without_pages_is_a_damaged_file() -> None:
    content = make_pdf([], b"").replace(b"/Count 1 /Kids [3 0 R]", b"/Count 0 /Kids []     ")
    assert [item.reason for item in load_images(content, "x") if isinstance(item, BadImage)] == ["damaged_file"]


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_a_negative_in_black_and_white_is_read_the_right_way_round(desk, sheet, kind) -> None:
    """As a wrong photometric tag, or a copier's setting, leaves it; what a person is shown is positive too."""
    content = save(Image.fromarray(sheet < 128), kind)
    check_all_read(desk, content)
    assert np.median(next(load_images(content)).pixels) == 255


def test_a_picture_that_is_all_black_stays_black_for_it_is_no_blank_page(desk) -> None:
    pixels = np.zeros((2339, 1654), np.bool_)
    pixels[::200, ::200] = True
    loaded = next(load_images(save(Image.fromarray(pixels), "PNG"), "scan"))
    assert np.median(loaded.pixels) == 0
    reading = read_page(loaded, desk.book)
    assert (reading.status, reading.reason) == ("foreign", "nothing_of_ours")
