"""Pictures as scanners, phones and office programs write them: the same page comes out of each."""

from __future__ import annotations

import io
import os
import platform
import struct
import subprocess
import sys
import zipfile

import cv2
import numpy as np
import pytest
from PIL import Image
from PIL.TiffImagePlugin import AppendingTiffWriter

from ocr.files import BadImage, PageImage, count_images, load_images
from ocr.pictures import Gray

TURNS = {
    1: lambda page: page,
    2: np.fliplr,
    3: lambda page: np.rot90(page, 2),
    4: np.flipud,
    5: lambda page: page.T,
    6: lambda page: np.rot90(page, 1),
    7: lambda page: np.rot90(page, 2).T,
    8: lambda page: np.rot90(page, -1),
}
"""How the pixels are stored that EXIF orientation N shows upright (TIFF 6.0, tag Orientation)."""


@pytest.fixture(scope="module")
def page() -> Gray:
    rng = np.random.default_rng(8)
    made = cv2.blur(rng.integers(60, 255, (240, 180)).astype(np.uint8), (5, 5)).astype(np.uint8)
    made[10:60, 10:40] = 0
    return made


def save(picture: Image.Image, kind: str, **options) -> bytes:
    content = io.BytesIO()
    picture.save(content, kind, **options)
    return content.getvalue()


def load(content: bytes) -> list[PageImage | BadImage]:
    return list(load_images(content, "scan"))


def check_same(item: PageImage | BadImage, page: Gray, most: float = 3.0) -> None:
    assert isinstance(item, PageImage)
    assert item.pixels.shape == page.shape
    assert np.abs(item.pixels.astype(int) - page).mean() < most


@pytest.mark.parametrize("orientation", TURNS)
@pytest.mark.parametrize("kind", ["JPEG", "PNG", "TIFF"])
def test_each_of_the_eight_turns_of_a_camera_is_undone(page, tmp_path, kind, orientation) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = Image.fromarray(np.ascontiguousarray(TURNS[orientation](page)))
    (tmp_path / "scan").write_bytes(save(stored, kind, exif=exif))
    for source in (tmp_path / "scan", (tmp_path / "scan").read_bytes()):
        (item,) = load_images(source, "scan")
        check_same(item, page)


@pytest.mark.parametrize("options", [{"progressive": True}, {"optimize": True}, {"subsampling": 2}, {"quality": 50}])
@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
def test_jpegs_of_every_making_are_the_same_page(page, mode, options) -> None:
    check_same(load(save(Image.fromarray(page).convert(mode), "JPEG", **options))[0], page, 5.0)


def test_pngs_of_every_making_are_the_same_page(page) -> None:
    picture = Image.fromarray(page)
    deep = Image.fromarray(page.astype(np.uint16) * 257)
    clear = picture.convert("RGB")
    clear.putalpha(255)
    makings = [picture, picture.convert("RGB"), picture.convert("P"), deep, clear, picture.convert("LA")]
    for making in makings:
        check_same(load(save(making, "PNG"))[0], page, 1.0)


def test_a_tiff_of_pages_of_every_kind_and_size_is_read_whole(page) -> None:
    two = Image.fromarray(page).convert("1", dither=Image.Dither.NONE)
    half = Image.fromarray(page[:120])
    rgb = Image.fromarray(page).convert("RGB")
    for compression, pages in (("group4", [two, two]), ("tiff_lzw", [half, rgb]), ("jpeg", [rgb, half.convert("RGB")])):
        content = save(pages[0], "TIFF", save_all=True, append_images=pages[1:], compression=compression)
        items = load(content)
        for item, made in zip(items, pages, strict=True):
            check_same(item, np.array(made.convert("L")), 4.0)


def test_a_tiff_of_sixteen_bits_may_say_that_nothing_is_white(page) -> None:
    content = save(Image.fromarray(65535 - page.astype(np.uint16) * 257), "TIFF")
    black, white = (struct.pack("<HHIHH", 262, 3, 1, zero, 0) for zero in (1, 0))
    assert content.count(black) == 1
    check_same(load(content.replace(black, white))[0], page, 1.0)


@pytest.mark.parametrize("kind", ["TIFF", "PNG"])
def test_a_fourth_channel_that_nobody_filled_hides_no_page(page, kind) -> None:
    picture = Image.fromarray(page).convert("RGB")
    picture.putalpha(0)
    check_same(load(save(picture, kind))[0], page, 1.0)


def test_a_small_copy_of_a_page_in_a_tiff_is_no_page(page) -> None:
    picture, content = Image.fromarray(page), io.BytesIO()
    with AppendingTiffWriter(content, new=True) as writer:
        for frame, kind in ((picture, 0), (picture.resize((45, 60)), 1), (picture, 0), (picture, 1)):
            frame.save(writer, "TIFF", tiffinfo={254: kind})
            writer.newFrame()
    items = load(content.getvalue())
    assert (
        count_images(content.getvalue()) == len(items) == 3
    )  # the last is a copy by its tag alone, as large as a page
    for item in items:
        check_same(item, page, 1.0)
    assert [item.image for item in load_images(content.getvalue(), "scan", start=2)] == [2, 3]


@pytest.fixture(scope="module")
def group4() -> bytes:
    """A TIFF of eight strips whose rows are all unlike; a strip of rows begins anew (TIFF 6.0, section 11)."""
    rows = np.random.default_rng(3).random((2339, 1654)) > 0.98
    return save(Image.fromarray(~rows), "TIFF", compression="group4")


@pytest.mark.parametrize("what", ["zeros", "other bytes"])
def test_a_tiff_that_lost_rows_on_its_way_is_not_filled_up_with_other_rows(group4, what) -> None:
    half = len(group4) // 2
    lost = bytes(64) if what == "zeros" else group4[half : half + 64][::-1]
    assert isinstance(load(group4)[0], PageImage)
    assert load(group4[:half] + lost + group4[half + 64 :]) == [BadImage("scan", 1, "damaged_file")]


def test_a_jpeg_that_lost_pixels_on_its_way_is_not_filled_up_with_grey(page) -> None:
    content = save(Image.fromarray(page), "JPEG", quality=90)
    lost = bytearray(content)
    lost[1000:1200] = b"\xff" * 200
    assert load(bytes(lost)) == [BadImage("scan", 1, "damaged_file")]
    check_same(load(content[:-2] + b"\0\1\2" + content[-2:])[0], page)  # some bytes too many have lost nothing


@pytest.mark.parametrize("compression", ["group4", "tiff_lzw", "jpeg"])
def test_a_damaged_tiff_is_named_once_and_nothing_else_speaks(page, capfd, compression) -> None:
    mode = "1" if compression == "group4" else "L"
    picture = Image.fromarray(page).convert(mode)
    content = bytearray(save(picture, "TIFF", save_all=True, append_images=[picture] * 2, compression=compression))
    for cut in (content[: len(content) * 2 // 3], content[:100] + bytes(80) + content[180:]):
        items = load(bytes(cut))
        assert all(isinstance(item, PageImage) or item.reason == "damaged_file" for item in items)
    assert capfd.readouterr().err == ""


def test_a_damaged_jpeg_is_named_once_and_nothing_else_speaks(page, capfd) -> None:
    content = bytearray(save(Image.fromarray(page), "JPEG"))
    content[len(content) // 2 : len(content) // 2 + 40] = bytes(40)
    load(bytes(content))
    load(bytes(content[: len(content) // 2]))
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(
    ("brand", "reason"), [(b"heic", "heic"), (b"mif1", "heic"), (b"avif", "heic"), (b"isom", "not_an_image")]
)
def test_a_phone_s_heic_photo_is_refused_with_what_to_do(brand, reason) -> None:
    assert load(b"\0\0\0\x18ftyp" + brand + bytes(200)) == [BadImage("scan", 1, reason)]


@pytest.mark.parametrize("name", ["anh.zip", "anh.docx", "anh.rar", "anh.doc"])
def test_what_holds_pictures_is_refused_with_what_to_do(page, name) -> None:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("word/media/image1.jpeg", save(Image.fromarray(page), "JPEG"))
    other = {"anh.rar": b"Rar!\x1a\7\1\0", "anh.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"}
    given = other[name] + bytes(600) if name in other else content.getvalue()
    assert load(given) == [BadImage("scan", 1, "archive")]


@pytest.mark.parametrize("kind", ["BMP", "WEBP"])
def test_other_pictures_give_their_own_greys_and_cut_ones_are_named(page, kind) -> None:
    content = save(Image.fromarray(page), kind, **({"lossless": True} if kind == "WEBP" else {}))
    (item,) = load(content)
    assert isinstance(item, PageImage)
    assert np.array_equal(item.pixels, page)
    assert load(content[: len(content) // 2]) == [BadImage("scan", 1, "damaged_file")]


def test_a_text_that_begins_as_a_bitmap_is_none() -> None:
    assert load(b"BM la viet tat cua bieu mau, khong phai hinh") == [BadImage("scan", 1, "not_an_image")]


FAULTS = """
import resource
import numpy as np
from ocr.pictures import keep_memory

def count_faults():
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
        page, copy = np.ones(4_000_000, np.uint8), np.ones(4_000_000, np.uint8)
        del page, copy
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before

print(count_faults())
keep_memory()
print(count_faults())
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other libraries do as they like")
def test_a_process_that_keeps_its_memory_takes_none_anew_for_the_next_page() -> None:
    command = [sys.executable, "-c", FAULTS]
    env = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    said = [subprocess.run(command, capture_output=True, text=True, check=True, env=env).stdout for _ in range(3)]
    kept, anew = min((int(kept), int(anew)) for anew, kept in map(str.split, said))  # one may be asked to give it back
    assert kept < 20
    assert kept < anew / 20
