"""One picture file or stream into grey pixels: JPEG by OpenCV, the others by Pillow. Knows no sheet and no marker."""

from __future__ import annotations

import io
import os
import re
import sys
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import BinaryIO, Literal, cast, get_args

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from forms.errors import WorkFailed
from ocr.group4 import has_holes

Gray = NDArray[np.uint8]
BadReason = Literal[
    "empty_file", "damaged_file", "too_large", "too_many_pages", "not_an_image", "heic", "archive", "encrypted"
]

FILE_REASONS = get_args(BadReason)

MAX_PIXELS = 120_000_000  # A3 at 600 dpi has 70 million
MAX_PICTURE_BYTES = 400_000_000
_COLOUR_PIXELS = 40_000_000  # A4 at 600 dpi has 35; larger ones are decoded in grey, for a third of the memory
_COLOURED = ("RGB", "RGBX", "P", "CMYK", "YCbCr")
_BETWEEN_SHARE = 1e-4  # the edges of print in a grey scan are 1e-2 of its pixels
_ALONE, _DITHER_SHARE = (
    2,
    0.01,
)  # black dots with at most one neighbour; plain black and white has 1e-3 of them, dust and all
_DITHER_MM = 0.2
_NEGATIVE = 0.7, 0.985  # of a picture what is black; of our sheets a tenth at most is, and a fiftieth at least
_PHOTOMETRIC = 262  # TIFF 6.0: 0 where white is zero
_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "BMP")
# libjpeg's words (jerror.h) and libtiff's of group 4, which cannot go on after a fault as group 3 does with its next
# row. "Extraneous bytes before marker" is not among them: scanners write such, and nothing is lost
_LOST = re.compile(rb"premature end of|bad Huffman code|instead of RST|Fax4Decode: Bad code", re.IGNORECASE)


class BadPicture(WorkFailed):
    """A picture that cannot be read; `reason` is one of BadReason, with a sentence under reading.reason_*."""

    code = "bad_picture"

    def __init__(self, reason: BadReason) -> None:
        self.reason: BadReason = reason
        super().__init__(reason)


@cache
def keep_memory() -> None:
    """From here on this process uses the memory of one page for the next; for a process that reads many pages.

    glibc gives a picture's memory back to the system with every page and takes it anew, to be cleared and mapped: 2,300
    page faults, up to a seventh of the processor time of a page at 200 dpi. Once a piece this large was freed it keeps
    up to twice as much (mallopt(3), M_MMAP_THRESHOLD, whose largest value is 32 MiB). Elsewhere, and where
    MALLOC_TRIM_THRESHOLD_ or its like decides, as on a Dask cluster's workers, this does nothing.
    """
    np.empty(31 << 20, np.uint8)


def check_size(width: float, height: float) -> None:
    """Refuse a picture by the size it claims, before any pixel is decoded; BadPicture."""
    if width < 1 or height < 1:
        raise BadPicture("damaged_file")
    if width * height > MAX_PIXELS:
        raise BadPicture("too_large")


@contextmanager
def quietly() -> Iterator[None]:
    """Without Pillow's warnings of odd tags, which nobody could act on, and of sizes, for which we have a limit."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def silently() -> Iterator[None]:
    """Without what C libraries write of a damaged picture to the process's stderr: we say it once, with its file.

    BadPicture where they write of pixels that were lost. They go on then, and fill up: with grey, which looks like an
    empty page, or with the rows of an earlier strip, whose marks would be read once more in other questions' boxes.
    """
    if sys.stderr is not None:
        sys.stderr.flush()
    kept = _keep_stderr()
    with _listener() as heard:
        os.dup2(heard.fileno(), 2)
        try:
            yield
        finally:
            os.dup2(kept, 2)
            os.close(kept)
        heard.seek(0)
        if _LOST.search(heard.read()):
            raise BadPicture("damaged_file")


def _keep_stderr() -> int:
    """Another number of the process's stderr, which is nowhere from here on where the process has none."""
    try:
        return os.dup(2)
    except OSError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        return os.dup(2) if nowhere == 2 else nowhere


def _listener() -> BinaryIO:
    """A file in memory, where the system has such."""
    if sys.platform == "linux":
        return os.fdopen(os.memfd_create("heard"), "w+b")
    return cast(BinaryIO, tempfile.TemporaryFile())


def open_picture(source: Path | bytes) -> Image.Image:
    """The header of a picture, its size allowed; the pixels are still to be decoded; BadPicture."""
    try:
        with quietly():
            picture = Image.open(source if isinstance(source, Path) else io.BytesIO(source), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise BadPicture("too_large") from error
    except Exception as error:  # a damaged header may raise anything inside a decoder
        raise BadPicture("damaged_file") from error
    check_size(*picture.size)
    picture.filename = ""  # else Pillow maps a plain TIFF, with the sides of one that its tags turn the wrong way round
    return picture


def find_dpi(picture: Image.Image) -> float | None:
    """The dots per inch that a file claims, where the claim can be true."""
    claimed = picture.info.get("dpi")
    try:
        dpi = float(claimed[0]) if claimed else 0.0
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return dpi if 50 <= dpi <= 1300 else None


def shrink_by(pixels: Gray, times: int) -> Gray:
    """The mean of every `times` x `times` pixels; up to times - 1 rows and columns at the end are left out.

    Whole blocks take OpenCV's short way: a quarter of the time of an uneven shrink.
    """
    if times < 2:
        return pixels
    height, width = (size // times for size in pixels.shape)
    whole = pixels[: height * times, : width * times]
    return cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA).astype(np.uint8, copy=False)


def find_levels(pixels: Gray, percents: Sequence[float]) -> NDArray[np.float64]:
    """(percents, ...): np.percentile along the last axis, to the last bit; sorting takes an eighth of its time.

    The axis must not be empty.
    """
    ordered = np.sort(pixels, axis=-1, kind="stable")  # stable: by radix, for whole numbers of one byte
    last = ordered.shape[-1] - 1
    levels = []
    for percent in percents:
        place = last * (percent / 100)
        below, share = int(place), place - int(place)
        low, high = (ordered[..., at].astype(np.float64) for at in (below, min(below + 1, last)))
        levels.append(low + (high - low) * share if share < 0.5 else high - (high - low) * (1 - share))
    return np.stack(levels)


def is_two_level(pixels: Gray) -> bool:
    """Whether a picture is pure black and white, as a fax or a scanner set to one bit makes it."""
    few = pixels[::7, ::5]
    few_too_many = _BETWEEN_SHARE * few.size
    # A part that has enough greys between its own ends has as many between those of the whole: most pages end here
    return _count_between(few[::16]) < few_too_many and _count_between(few) < few_too_many


def as_positive(pixels: Gray) -> Gray:
    """A picture in pure black and white whose paper is black the right way round, as a wrong tag or setting leaves it.

    Other pictures as they are, dithered ones, which may be of something dark, and those that are all black: a page of
    which nothing was scanned is no blank one.
    """
    if not is_two_level(pixels):
        return pixels
    few = pixels[::7, ::5]
    black = float((few < (int(few.min()) + int(few.max())) / 2).mean())
    is_negative = _NEGATIVE[0] < black < _NEGATIVE[1] and not is_dithered(pixels)
    return np.asarray(255 - pixels) if is_negative else pixels


def is_dithered(pixels: Gray) -> bool:
    """Whether a picture in pure black and white stands for greys by scattered dots, as office machines make "photo"."""
    if not is_two_level(pixels):
        return False
    black = (pixels < (int(pixels.min()) + int(pixels.max())) // 2).astype(np.uint8)
    around = cv2.boxFilter(black, cv2.CV_8U, (3, 3), normalize=False)
    return float(((black > 0) & (around <= _ALONE)).mean()) > _DITHER_SHARE


def without_dither(pixels: Gray, px_per_mm: float) -> Gray:
    """The greys that the dots of a dithered picture stand for."""
    return cv2.GaussianBlur(pixels, (0, 0), _DITHER_MM * px_per_mm).astype(np.uint8, copy=False)


def _count_between(few: Gray) -> int:
    return int(np.count_nonzero((few > int(few.min()) + 16) & (few < int(few.max()) - 16)))


def decode_jpeg(content: bytes, *, turned: bool = True) -> tuple[Gray, float | None]:
    """Grey pixels and dpi; BadPicture. A cut file is refused, not filled up with grey.

    `turned`: as EXIF says; not where a PDF holds the picture, for there the page alone says how it stands.
    """
    with open_picture(content) as picture:
        dpi, coloured = find_dpi(picture), picture.mode == "RGB" and may_be_coloured(*picture.size)
    with silently():
        flags = cv2.IMREAD_COLOR if coloured else cv2.IMREAD_GRAYSCALE
        flags |= 0 if turned else cv2.IMREAD_IGNORE_ORIENTATION
        pixels = cv2.imdecode(np.frombuffer(content, np.uint8), flags)
    if pixels is None:
        raise BadPicture("damaged_file")
    return darker_channel(pixels.astype(np.uint8, copy=False)), dpi


def check_jpeg(content: bytes) -> None:
    """BadPicture where a JPEG that another library decodes lost pixels on its way; hardly a pixel of it is made."""
    with silently():
        cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)


def may_be_coloured(width: float, height: float) -> bool:
    """Whether a picture of this size is small enough to be decoded in colour."""
    return width * height <= _COLOUR_PIXELS


def darker_channel(pixels: Gray) -> Gray:
    """The darker of red and green of (rows, columns, blue green red and maybe more); grey pixels as they are.

    Blue ink takes red light, red ink green; what takes blue light alone is yellowed paper, a stain or a highlighter.
    """
    if pixels.ndim == 2 or pixels.shape[2] < 3:
        return pixels.reshape(pixels.shape[:2])
    return cv2.min(cv2.extractChannel(pixels, 1), cv2.extractChannel(pixels, 2)).astype(np.uint8, copy=False)


def decode_frame(picture: Image.Image) -> Gray:
    """Grey pixels of an opened picture's present frame, transparency on white, turned as its tags say; BadPicture."""
    check_size(*picture.size)
    try:
        with quietly(), silently():
            if has_holes(picture):
                raise BadPicture("damaged_file")
            picture.load()
            levels = _gray(ImageOps.exif_transpose(picture))
        return 255 - levels if _is_white_zero(picture) else levels
    except Image.DecompressionBombError as error:
        raise BadPicture("too_large") from error
    except Exception as error:  # a damaged file may raise anything inside a decoder
        raise BadPicture("damaged_file") from error


def _gray(picture: Image.Image) -> Gray:
    if picture.mode.startswith("I"):  # 16 bits: convert("L") would cut them off at 255 instead of scaling
        deep = np.asarray(picture).astype(np.int64)
        return np.asarray(deep >> 8 if deep.max(initial=0) > 255 else deep).clip(0, 255).astype(np.uint8)
    if picture.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in picture.info:
        layer = picture.convert("RGBA")
        if layer.getchannel("A").getbbox() is None:  # wholly unseen: a fourth channel that its program never filled
            layer.putalpha(255)
        white = Image.new("RGBA", layer.size, "white")
        picture = Image.alpha_composite(white, layer)
    if picture.mode in _COLOURED and may_be_coloured(*picture.size):
        return darker_channel(np.asarray(picture.convert("RGB"))[:, :, ::-1].copy())
    return np.array(picture.convert("L"))


def _is_white_zero(picture: Image.Image) -> bool:
    """Whether a TIFF of 16 bits says that 0 is white, which Pillow heeds with 1 to 8 bits alone."""
    return picture.mode.startswith("I") and getattr(picture, "tag_v2", {}).get(_PHOTOMETRIC) == 0
