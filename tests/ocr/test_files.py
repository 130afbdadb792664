"""Files of every kind become a stream of grey page images; what is bad becomes an item of the stream, never an end."""

from __future__ import annotations

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from ocr.files import BadImage, PageImage, count_images, load_images
from ocr.kinds import MOST_PAGES, find_kind
from ocr.pdf_pages import RENDER_DPI

PT_PER_PX = 72 / 100


@pytest.fixture(scope="module")
def pages():
    """Three different grey pages of 240 x 180 pixels, each with a black square in its upper left."""
    rng = np.random.default_rng(5)
    made = [cv2.blur(rng.integers(60, 255, (240, 180)).astype(np.uint8), (5, 5)) for _ in range(3)]
    for page in made:
        page[10:60, 10:40] = 0
    return made


def jpeg(page, **options) -> bytes:
    content = io.BytesIO()
    Image.fromarray(page).save(content, "JPEG", quality=90, **options)
    return content.getvalue()


def tiff(pages, mode="L", **options) -> bytes:
    images = [Image.fromarray(page).convert(mode, dither=Image.Dither.NONE) for page in pages]
    content = io.BytesIO()
    images[0].save(content, "TIFF", save_all=True, append_images=images[1:], **options)
    return content.getvalue()


def pdf(jpegs, draw=None, encrypt=None) -> bytes:
    """One page a JPEG, as a scanner writes it; `draw` adds to each page."""
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(180 * PT_PER_PX, 240 * PT_PER_PX), pageCompression=0, encrypt=encrypt)
    for each in jpegs:
        canvas.drawImage(ImageReader(io.BytesIO(each)), 0, 0, 180 * PT_PER_PX, 240 * PT_PER_PX)
        if draw:
            draw(canvas)
        canvas.showPage()
    canvas.save()
    return content.getvalue()


def raw_pdf(jpegs, rotate=0) -> bytes:
    """The same with the JPEG bytes as they are, the table of contents at the end."""
    parts, offsets = [b"%PDF-1.4\n"], []

    def add(body: bytes) -> int:
        offsets.append(sum(map(len, parts)))
        parts.append(b"%d 0 obj\n" % len(offsets) + body + b"\nendobj\n")
        return len(offsets)

    kids = []
    for each in jpegs:
        about = b"<< /Type /XObject /Subtype /Image /Width 180 /Height 240 /ColorSpace /DeviceGray /BitsPerComponent 8"
        stream = b" /Filter /DCTDecode /Length %d >>\nstream\n" % len(each)
        image = add(about + stream + each + b"\nendstream")
        drawing = b"q 129.6 0 0 172.8 0 0 cm /I Do Q"
        contents = add(b"<< /Length %d >>\nstream\n" % len(drawing) + drawing + b"\nendstream")
        parent = 3 * len(jpegs) + 1
        resources = b"/Resources << /XObject << /I %d 0 R >> >>" % image
        box = b"/MediaBox [0 0 129.6 172.8] /Rotate %d" % rotate
        kids.append(
            add(b"<< /Type /Page /Parent %d 0 R %s %s /Contents %d 0 R >>" % (parent, box, resources, contents))
        )
    names = b" ".join(b"%d 0 R" % kid for kid in kids)
    tree = add(b"<< /Type /Pages /Count %d /Kids [%s] >>" % (len(kids), names))
    catalog = add(b"<< /Type /Catalog /Pages %d 0 R >>" % tree)
    start = sum(map(len, parts))
    rows = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n" % (len(offsets) + 1) + rows)
    parts.append(b"trailer << /Size %d /Root %d 0 R >>\nstartxref\n%d\n%%%%EOF" % (len(offsets) + 1, catalog, start))
    return b"".join(parts)


def load(content: bytes) -> list[PageImage | BadImage]:
    items = list(load_images(content, "scan"))
    assert count_images(content) == len(items)
    return items


def reasons(items) -> list[str | None]:
    return [item.reason if isinstance(item, BadImage) else None for item in items]


def check_close(item, page, most: float = 3.0) -> None:
    assert item.pixels.shape == page.shape
    assert item.pixels.dtype == np.uint8
    assert np.abs(item.pixels.astype(int) - page).mean() < most


def test_every_kind_of_file_gives_its_pages_in_order(pages, tmp_path) -> None:
    png = cv2.imencode(".png", pages[0])[1].tobytes()
    files = {
        "a": (png, pages[:1], 0.01),
        "b": (jpeg(pages[0]), pages[:1], 3.0),
        "c": (tiff(pages, compression="tiff_lzw"), pages, 0.01),
        "d": (tiff(pages, compression="jpeg"), pages, 4.0),
        "e": (pdf([jpeg(page) for page in pages]), pages, 3.0),
        "f": (raw_pdf([jpeg(page) for page in pages]), pages, 3.0),
    }
    for name, (content, expected, most) in files.items():
        path = tmp_path / name
        path.write_bytes(content)
        items = list(load_images(path))
        assert [(item.file, item.image) for item in items] == [(str(path), n + 1) for n in range(len(expected))]
        assert count_images(path) == len(expected)
        for item, page in zip(items, expected, strict=True):
            check_close(item, page, most)


def test_a_black_and_white_tiff_keeps_its_levels(pages) -> None:
    levels = [np.where(page < 150, 0, 255).astype(np.uint8) for page in pages]
    for item, page in zip(load(tiff(levels, "1", compression="group4")), levels, strict=True):
        assert (item.pixels == page).all()


def test_the_first_bytes_tell_the_kind_not_the_name(pages, tmp_path) -> None:
    path = tmp_path / "scan.pdf"
    path.write_bytes(jpeg(pages[0]))
    assert isinstance(next(load_images(path)), PageImage)
    assert find_kind(b"junk before the header %PDF-1.7") == "pdf"
    assert find_kind(b"GIF89a") is None


def test_a_scanned_page_is_taken_out_of_a_pdf_as_it_is(pages) -> None:
    content = jpeg(pages[0])
    item = load(raw_pdf([content]))[0]
    assert (item.pixels == load(content)[0].pixels).all()
    assert item.dpi == pytest.approx(100, abs=0.5)


@pytest.mark.parametrize(("rotate", "quarters"), [(90, -1), (180, 2), (270, 1)])
def test_a_rotated_pdf_page_is_shown_as_a_viewer_shows_it(pages, rotate, quarters) -> None:
    item = load(raw_pdf([jpeg(pages[0])], rotate))[0]
    check_close(item, np.rot90(pages[0], quarters))


def test_a_turned_picture_on_a_pdf_page_is_shown_as_a_viewer_shows_it(pages) -> None:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(240 * PT_PER_PX, 180 * PT_PER_PX))
    canvas.translate(0, 180 * PT_PER_PX)
    canvas.rotate(-90)
    canvas.drawImage(ImageReader(io.BytesIO(jpeg(pages[0]))), 0, 0, 180 * PT_PER_PX, 240 * PT_PER_PX)
    canvas.save()
    check_close(load(content.getvalue())[0], np.rot90(pages[0], -1))


def test_a_mirrored_picture_on_a_pdf_page_is_shown_mirrored(pages) -> None:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(180 * PT_PER_PX, 240 * PT_PER_PX))
    canvas.scale(-1, 1)
    canvas.drawImage(ImageReader(io.BytesIO(jpeg(pages[0]))), -180 * PT_PER_PX, 0, 180 * PT_PER_PX, 240 * PT_PER_PX)
    canvas.save()
    check_close(load(content.getvalue())[0], np.fliplr(pages[0]))


def test_a_pdf_page_with_more_than_its_picture_is_drawn_whole(pages) -> None:
    item = load(pdf([jpeg(pages[0])], draw=lambda canvas: canvas.rect(60, 40, 40, 40, fill=1)))[0]
    assert item.dpi == RENDER_DPI
    assert np.abs(np.subtract(item.pixels.shape, (480, 360))).max() <= 1
    assert item.pixels[480 - 160, 220] < 20
    assert load(pdf([jpeg(pages[0])]))[0].pixels.shape == (240, 180)


def test_exif_orientation_is_obeyed(pages) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: show it a quarter turn clockwise
    item = load(jpeg(pages[0], exif=exif))[0]
    check_close(item, np.rot90(pages[0], -1))


@pytest.mark.parametrize("orientation", range(2, 9))
def test_in_a_pdf_the_page_alone_says_how_its_picture_stands(pages, orientation) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation  # a viewer of PDF knows no EXIF
    check_close(load(raw_pdf([jpeg(pages[0], exif=exif)]))[0], pages[0])


def test_transparency_is_white_paper() -> None:
    layer = np.zeros((40, 30, 4), np.uint8)
    layer[10:20, 5:15] = (0, 0, 0, 255)
    content = io.BytesIO()
    Image.fromarray(layer, "RGBA").save(content, "PNG")
    pixels = load(content.getvalue())[0].pixels
    assert (pixels[0, 0], pixels[15, 10]) == (255, 0)


def test_sixteen_bits_are_scaled_not_cut_off() -> None:
    deep = np.linspace(0, 65535, 1200).reshape(40, 30).astype(np.uint16)
    pixels = load(cv2.imencode(".png", deep)[1].tobytes())[0].pixels
    assert np.abs(pixels.astype(int) - (deep >> 8)).max() <= 1


def test_reading_may_start_in_the_middle(pages, tmp_path) -> None:
    for content in (tiff(pages), pdf([jpeg(page) for page in pages])):
        items = list(load_images(content, "scan", start=2))
        assert [item.image for item in items] == [2, 3]
        check_close(items[0], pages[1])
    assert list(load_images(jpeg(pages[0]), "scan", start=2)) == []


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty_file"),
        (b"hello, this is text", "not_an_image"),
        (b"GIF89a" + bytes(100), "not_an_image"),
        (b"\x89PNG\r\n\x1a\n" + bytes(50), "damaged_file"),
        (b"\xff\xd8\xff\xe0" + bytes(50), "damaged_file"),
        (b"II*\0" + bytes(50), "damaged_file"),
        (b"%PDF-1.7\n" + bytes(50), "damaged_file"),
    ],
)
def test_what_is_no_picture_is_one_bad_image_with_a_reason(content, reason) -> None:
    assert load(content) == [BadImage("scan", 1, reason)]


@pytest.mark.parametrize("share", [0.3, 0.7, 0.99])
def test_a_cut_picture_is_refused_rather_than_filled_up(pages, share) -> None:
    for content in (jpeg(pages[0]), cv2.imencode(".png", pages[0])[1].tobytes()):
        assert reasons(load(content[: int(len(content) * share)])) == ["damaged_file"]


def test_of_a_cut_pdf_the_whole_pages_are_read_and_the_rest_is_named(pages) -> None:
    content = raw_pdf([jpeg(page) for page in pages])
    second = content.index(b"\xff\xd8\xff", content.index(b"endstream"))
    third = content.index(b"\xff\xd8\xff", content.index(b"endstream", second))
    items = load(content[: third + 500])
    assert reasons(items) == [None, None, "damaged_file"]
    check_close(items[1], pages[1])
    assert reasons(list(load_images(content[: third + 500], "scan", start=2))) == [None, "damaged_file"]


def test_one_damaged_page_of_a_pdf_costs_that_page(pages) -> None:
    jpegs = [jpeg(page) for page in pages]
    jpegs[1] = jpegs[1][:200] + bytes(len(jpegs[1]) - 200)
    assert reasons(load(raw_pdf(jpegs))) == [None, "damaged_file", None]


def test_of_a_cut_tiff_the_whole_frames_are_read_and_the_rest_is_named(pages) -> None:
    content = tiff(pages, compression="tiff_lzw")
    items = load(content[: int(len(content) * 0.6)])
    assert reasons(items)[0] is None
    assert reasons(items)[-1] == "damaged_file"
    check_close(items[0], pages[0])


def pages_of_one(number: int) -> bytes:
    """A PDF whose table of contents names one empty page so many times: 6 bytes a page."""
    whole = raw_pdf([])
    kids = b"/Kids [%s] /Count %d" % (b" ".join([b"3 0 R"] * number), number)
    whole = whole.replace(b"/Count 0 /Kids []", kids)
    page = b"3 0 obj\n<< /Type /Page /Parent 1 0 R /MediaBox [0 0 90 120] >>\nendobj\n"
    return whole.replace(b"trailer", page + b"trailer")


def frames_of_one(number: int) -> bytes:
    """A TIFF of so many frames of 2 x 2 pixels, all the first bytes of the file."""
    tags = ((256, 2), (257, 2), (258, 8), (259, 1), (262, 1), (273, 0), (277, 1), (278, 2), (279, 4))
    fields = struct.pack("<H", len(tags)) + b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    size = len(fields) + 4
    ends = [8 + size * (frame + 1) for frame in range(number - 1)] + [0]
    return b"II*\0" + struct.pack("<I", 8) + b"".join(fields + struct.pack("<I", end) for end in ends)


@pytest.mark.parametrize("limit", [100, pytest.param(MOST_PAGES, marks=pytest.mark.slow)])
def test_a_file_of_more_pages_than_are_read_is_refused_whole_and_before_any_is_read(
    limit: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ocr.files.MOST_PAGES", limit)
    for make in (pages_of_one, frames_of_one):
        most, one_more = make(limit), make(limit + 1)
        assert count_images(most) == limit
        assert isinstance(next(iter(load_images(most))), PageImage)
        assert count_images(one_more) == 1
        assert load(one_more) == [BadImage("scan", 1, "too_many_pages")]


def test_a_thousand_pages_in_one_file_are_read_to_the_last() -> None:
    content = pages_of_one(1000)
    assert count_images(content) == 1000
    assert [item.image for item in load_images(content, start=1000)] == [1000]


def test_a_locked_pdf_is_named_as_such(pages) -> None:
    assert reasons(load(pdf([jpeg(pages[0])], encrypt="secret"))) == ["encrypted"]


def test_a_picture_that_claims_a_monstrous_size_is_not_decoded() -> None:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
    chunks = [b"IHDR" + header, b"IDAT" + zlib.compress(bytes(60_001)), b"IEND"]
    written = [struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks]
    bomb = b"\x89PNG\r\n\x1a\n" + b"".join(written)
    assert reasons(load(bomb)) == ["too_large"]


def test_a_pdf_page_of_monstrous_size_is_not_drawn() -> None:
    content = io.BytesIO()
    canvas = Canvas(content, pagesize=(14_000, 14_000))
    canvas.rect(10, 10, 100, 100)
    canvas.showPage()
    canvas.save()
    assert reasons(load(content.getvalue())) == ["too_large"]


@settings(max_examples=60)
@given(data=st.data())
def test_no_damage_makes_loading_fail(data, pages) -> None:
    made = {
        "jpeg": jpeg(pages[0]),
        "png": cv2.imencode(".png", pages[0])[1].tobytes(),
        "tiff": tiff(pages, compression="tiff_lzw"),
        "pdf": raw_pdf([jpeg(page) for page in pages]),
    }
    content = bytearray(made[data.draw(st.sampled_from(sorted(made)))])
    for _ in range(data.draw(st.integers(1, 8))):
        place = data.draw(st.integers(0, len(content) - 1))
        content[place] = data.draw(st.integers(0, 255))
    items = list(load_images(bytes(content), "scan"))
    assert items
    assert count_images(bytes(content)) >= 1
