"""What all unseen machines share: a page laid down, seen by a sensor, and written as a file. Nobody tunes on it."""

from __future__ import annotations

import io
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from forms.geometry import MM_PER_INCH
from forms.layout import Box, PageLayout
from ocr.pictures import Gray

Field = NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Side:
    """One side of a sheet at `dpi`, 255 = paper: filled, as it was printed, and what is on its other side."""

    filled: Gray
    blank: Gray
    behind: Gray | None
    page: PageLayout
    dpi: int

    @property
    def px_per_mm(self) -> float:
        """Pixels a millimetre."""
        return self.dpi / MM_PER_INCH


def grain(shape: tuple[int, ...], size_px: float, rng: np.random.Generator) -> Field:
    """A random field of unit standard deviation whose patches are about so many pixels across."""
    small = [max(2, round(side / max(size_px, 1.0)) + 2) for side in shape[:2]]
    coarse = rng.standard_normal(small, dtype=np.float32)
    field = cv2.resize(coarse, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC) if size_px > 1 else coarse
    field = field[: shape[0], : shape[1]]
    return np.asarray(field / max(float(field.std()), 1e-6), np.float32)


def soften(page: Gray, sigma_px: float) -> Gray:
    """Blurred."""
    return np.asarray(cv2.GaussianBlur(page, (0, 0), sigma_px), np.uint8)


def clipped(values: NDArray[np.floating]) -> Gray:
    """Rounded into 0..255."""
    return np.rint(np.clip(values, 0, 255)).astype(np.uint8)


def lay(
    page: Gray, rng: np.random.Generator, dpi: int, skew_deg: float | None = None, scale: float = 1.0, lid: float = 255
) -> Gray:
    """The page on the glass: a little askew and off, or as much as is asked; the corner that is cut off is lost."""
    height, width = page.shape[:2]
    angle = float(rng.laplace(0, 0.35)) if skew_deg is None else skew_deg
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, scale)
    turn[:, 2] += rng.uniform(-1.5, 1.5, 2) * dpi / MM_PER_INCH
    flags = cv2.INTER_CUBIC
    return np.asarray(cv2.warpAffine(page, turn, (width, height), flags=flags, borderValue=(lid,) * 3), np.uint8)


def see(
    page: Gray,
    rng: np.random.Generator,
    noise: float = 2.0,
    paper: tuple[float, float] = (225, 252),
    ink: tuple[float, float] = (10, 60),
) -> Gray:
    """What a sensor makes of it: a tone curve between ink and paper, light that varies across, noise that grows."""
    white, black, gamma = rng.uniform(*paper), rng.uniform(*ink), rng.uniform(0.85, 1.2)
    curve = black + (white - black) * np.power(np.arange(256) / 255, gamma)
    seen = cv2.LUT(soften(page, float(rng.uniform(0.3, 0.8))), clipped(curve)).astype(np.float32)
    height, width = seen.shape[:2]
    lamp = 1 - rng.uniform(0, 0.06) * np.square(np.linspace(-1, 1, width, dtype=np.float32) + rng.uniform(-0.4, 0.4))
    shape = (height, width)
    speckle = np.zeros(shape, np.float32)
    cv2.randn(speckle, 0, 1)
    seen *= lamp[:, None] if seen.ndim == 3 else lamp
    strength = noise * np.sqrt(0.3 + 0.7 * seen / 255)
    seen += strength * (speckle[..., None] if seen.ndim == 3 else speckle)
    return clipped(seen)


def some_box(side: Side, rng: np.random.Generator) -> Box:
    """Any box of the page."""
    return side.page.boxes[int(rng.integers(len(side.page.boxes)))]


def grid_mm(side: Side) -> tuple[Field, Field]:
    """x and y of every pixel, each shaped as the page, mm."""
    height, width = side.filled.shape
    y, x = np.mgrid[0:height, 0:width].astype(np.float32) / np.float32(side.px_per_mm)
    return x, y


def finish(page: Gray, rng: np.random.Generator, dpi: int, quality: tuple[int, int]) -> bytes:
    """The sheet laid on the glass, scanned and kept as JPEG of a quality from the first up to below the second."""
    seed_noise(rng)
    return to_jpeg(see(lay(page, rng, dpi), rng), int(rng.integers(*quality)), dpi)


def seed_noise(rng: np.random.Generator) -> None:
    """OpenCV's own generator, which `see` draws from, follows ours: same seed, same page."""
    cv2.setRNGSeed(int(rng.integers(1, 2**31 - 1)))


def to_jpeg(page: Gray, quality: int, dpi: int) -> bytes:
    """JPEG by Pillow, grey or colour (BGR), its resolution written down."""
    image = Image.fromarray(page if page.ndim == 2 else np.ascontiguousarray(page[..., ::-1]))
    content = io.BytesIO()
    image.save(content, "JPEG", quality=quality, dpi=(dpi, dpi))
    return content.getvalue()


def to_tiff(page: Gray, dpi: tuple[float, float], compression: str = "group4") -> bytes:
    """A TIFF of one black and white page; below 128 is black."""
    content = io.BytesIO()
    image = Image.fromarray(np.where(page < 128, 0, 255).astype(np.uint8)).convert("1", dither=Image.Dither.NONE)
    image.save(content, "TIFF", compression=compression, dpi=dpi)
    return content.getvalue()


def to_jpx_pdf(page: Gray, ratio: float, dpi: int) -> bytes:
    """A PDF of one page that holds it as one JPEG 2000 stream, compressed so many times."""
    stream = io.BytesIO()
    Image.fromarray(page).save(stream, "JPEG2000", no_jp2=False, quality_mode="rates", quality_layers=[ratio])
    height, width = page.shape
    data, size = stream.getvalue(), (width * 72 / dpi, height * 72 / dpi)
    draw = f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /I Do Q".encode()
    image = f"/Type/XObject/Subtype/Image/Width {width}/Height {height}/BitsPerComponent 8/ColorSpace/DeviceGray"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 {size[0]:.3f} {size[1]:.3f}]/Contents 4 0 R"
        "/Resources<</XObject<</I 5 0 R>>>>>>".encode(),
        b"<</Length %d>>\nstream\n%s\nendstream" % (len(draw), draw),
        b"<<%s/Filter/JPXDecode/Length %d>>\nstream\n%s\nendstream" % (image.encode(), len(data), data),
    ]
    content, places = bytearray(b"%PDF-1.5\n"), []
    for number, body in enumerate(objects, 1):
        places.append(len(content))
        content += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(content)
    content += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    content += b"".join(b"%010d 00000 n \n" % place for place in places)
    content += b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(content)
