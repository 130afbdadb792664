"""The one picture that a scanned PDF page is, taken out and turned as a viewer shows it. Knows no document.

Taken out only where that is the same as drawing the page: nothing else shown, nothing cropped, upright, plain colours.
"""

from __future__ import annotations

import ctypes

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from ocr.pictures import Gray, check_size, darker_channel, decode_jpeg

PT_PER_INCH = 72
_EVEN_SCALE = 0.1  # a picture stretched more than this in one direction is drawn, not taken raw
_INSIDE_PT = 3.0
_INVISIBLE_TEXT = 3  # PDF 32000-1:2008, table 106: text that an OCR program laid under the scan
_DARK = 100  # the paper of a scan is lighter; what comes out darker has a mask, or its levels turned round
# Stencils, indexed and CMYK pictures are not among them: their colours only drawing gets right
_PLAIN_COLOURS = (
    pdfium_c.FPDF_COLORSPACE_DEVICEGRAY,
    pdfium_c.FPDF_COLORSPACE_DEVICERGB,
    pdfium_c.FPDF_COLORSPACE_CALGRAY,
    pdfium_c.FPDF_COLORSPACE_CALRGB,
    pdfium_c.FPDF_COLORSPACE_ICCBASED,
)


def find_picture(page: pdfium.PdfPage) -> tuple[Gray, float] | None:
    """The page's only picture, turned as a viewer would show it; None where the page must be drawn."""
    picture = _only_picture(page)
    if picture is None:
        return None
    width, height = picture.get_px_size()
    check_size(width, height)
    right, down = _axes(picture.get_matrix(), page.get_rotation())
    turns = _quarter_turns(right, down)
    dots = width / max(1e-6, float(np.hypot(*right))), height / max(1e-6, float(np.hypot(*down)))
    if turns is None or abs(dots[0] / dots[1] - 1) > _EVEN_SCALE:
        return None
    pixels = _pixels(picture)
    return None if pixels is None else (_turned(pixels, *turns), dots[0] * PT_PER_INCH)


def find_resolution(picture: pdfium.PdfImage) -> float:
    """The dots per inch at which a picture lies on its page, along the finer of its sides; 0 for one without extent."""
    a, b, c, d, _, _ = picture.get_matrix().get()
    sides = np.hypot(a, b), np.hypot(c, d)
    dots = [pixels / side for pixels, side in zip(picture.get_px_size(), sides, strict=True) if side > 0]
    return float(max(dots, default=0.0)) * PT_PER_INCH


def is_jpeg(picture: pdfium.PdfImage) -> bool:
    """Whether a picture is a JPEG inside its PDF."""
    return bool(picture.get_filters(skip_simple=True) == ["DCTDecode"])


def _is_hidden(item: pdfium.PdfObject) -> bool:
    """Whether an object is text that does not show."""
    text = item.type == pdfium_c.FPDF_PAGEOBJ_TEXT
    return bool(text and pdfium_c.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE_TEXT)


def _only_picture(page: pdfium.PdfPage) -> pdfium.PdfImage | None:
    """The picture, if it is all that the page shows and nothing hides a part of it."""
    shown = [item for item in page.get_objects(max_depth=1) if not _is_hidden(item)]
    if len(shown) != 1 or shown[0].type != pdfium_c.FPDF_PAGEOBJ_IMAGE or pdfium_c.FPDFPage_GetAnnotCount(page):
        return None
    picture = shown[0]
    if pdfium_c.FPDFPageObj_HasTransparency(picture):
        return None
    left, bottom, right, top = picture.get_bounds()
    boxes = [page.get_bbox(), *_clips(picture)]
    inside = [min(left - x0, bottom - y0, x1 - right, y1 - top) > -_INSIDE_PT for x0, y0, x1, y1 in boxes]
    return picture if all(inside) else None


def _clips(picture: pdfium.PdfImage) -> list[tuple[float, float, float, float]]:
    """The rectangles around the paths that a picture is clipped to: left, bottom, right, top in points."""
    clip = pdfium_c.FPDFPageObj_GetClipPath(picture)
    found = []
    for number in range(max(0, pdfium_c.FPDFClipPath_CountPaths(clip)) if clip else 0):
        points = []
        for segment in range(max(0, pdfium_c.FPDFClipPath_CountPathSegments(clip, number))):
            x, y = ctypes.c_float(), ctypes.c_float()
            if pdfium_c.FPDFPathSegment_GetPoint(pdfium_c.FPDFClipPath_GetPathSegment(clip, number, segment), x, y):
                points.append((x.value, y.value))
        if points:
            xs, ys = zip(*points, strict=True)
            found.append((min(xs), min(ys), max(xs), max(ys)))
    return found


def _axes(matrix: pdfium.PdfMatrix, rotation: int) -> tuple[tuple[float, float], tuple[float, float]]:
    """Where the picture's right and down point on the shown page (x right, y down), in points."""
    a, b, c, d, _, _ = matrix.get()
    right, down = (a, -b), (-c, d)
    for _ in range(rotation // 90):
        right, down = (-right[1], right[0]), (-down[1], down[0])
    return right, down


def _quarter_turns(right: tuple[float, float], down: tuple[float, float]) -> tuple[bool, int] | None:
    """(mirrored left to right first, clockwise quarter turns) that show it upright; None if it stands askew."""
    longest = max(map(abs, (*right, *down)))
    signs = [round(value / longest * 1000) for value in (*right, *down)]
    if longest == 0 or 0 not in signs[:2] or 0 not in signs[2:] or not any(signs[:2]) or not any(signs[2:]):
        return None
    mirrored = right[0] * down[1] - right[1] * down[0] < 0
    x, y = (-right[0], -right[1]) if mirrored else right
    return mirrored, (0 if x > 0 else 2) if abs(x) > abs(y) else (1 if y > 0 else 3)


def _turned(pixels: Gray, mirrored: bool, quarters: int) -> Gray:
    pixels = np.fliplr(pixels) if mirrored else pixels
    return np.ascontiguousarray(np.rot90(pixels, -quarters))


def _pixels(picture: pdfium.PdfImage) -> Gray | None:
    """The picture's own pixels; None where only drawing gets them right."""
    about, coded = picture.get_metadata(), is_jpeg(picture)
    # Of a JPEG too damaged for PDFium no colours are known; the decoder refuses it, drawn it would be an empty page
    plain = (*_PLAIN_COLOURS, pdfium_c.FPDF_COLORSPACE_UNKNOWN) if coded else _PLAIN_COLOURS
    if about.colorspace not in plain or about.bits_per_pixel > 24:
        return None
    if coded:
        pixels = decode_jpeg(bytes(picture.get_data(decode_simple=True)), turned=False)[0]
    else:
        pixels = darker_channel(np.array(picture.get_bitmap().to_numpy()))
    return pixels if np.median(pixels[::16, ::16]) >= _DARK else None
