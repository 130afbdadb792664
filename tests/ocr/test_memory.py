"""A long file takes no more memory than a short one: the kernel's own figure after every page."""

from __future__ import annotations

import io
import pickle
import subprocess
import sys
from pathlib import Path

import cv2
import pytest
from PIL import Image

from ocr.pretend.stack import write_pdf

READ = """
import pickle, sys
from pathlib import Path
import cv2
from ocr.pictures import keep_memory
from ocr.read import read_file
cv2.setNumThreads(1)
keep_memory()
book = pickle.loads(Path(sys.argv[1]).read_bytes())
read = peak_kb = 0
for reading in read_file(Path(sys.argv[2]), book):
    read += reading.status == "read"
    # not the file's own pages, which the library for TIFF maps and the system takes back as it likes
    about = Path("/proc/self/status").read_text()
    peak_kb = max(peak_kb, int(about.split("RssAnon:")[1].split()[0]))
print(read, peak_kb)
"""
MARGIN_MB, MOST_MB = 12, 300

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="peaks are read from /proc"),
]


def write_file(desk, path: Path, pages: int) -> None:
    page = desk.scan(desk.blank())
    if path.suffix == ".tif":
        image, content = Image.fromarray(page), io.BytesIO()
        image.save(content, "TIFF", save_all=True, append_images=[image] * (pages - 1), compression="jpeg")
        path.write_bytes(content.getvalue())
        return
    jpeg = cv2.imencode(".jpg", page)[1].tobytes()
    # a comment of its own makes every stream another one, else the writer would store it once
    streams = [jpeg[:2] + b"\xff\xfe\x00\x06" + number.to_bytes(4) + jpeg[2:] for number in range(pages)]
    write_pdf(streams, path, 200)


def peak_mb(book: Path, path: Path, pages: int) -> float:
    done = subprocess.run([sys.executable, "-c", READ, book, path], capture_output=True, text=True, check=True)
    read, peak_kb = done.stdout.split()
    assert int(read) == pages
    return int(peak_kb) / 1024


@pytest.mark.parametrize("kind", ["pdf", "tif"])
def test_two_hundred_pages_take_no_more_memory_than_ten(desk, tmp_path, kind) -> None:
    book = tmp_path / "book.pickle"
    book.write_bytes(pickle.dumps(desk.book))
    peaks = {}
    for pages in (10, 200):
        write_file(desk, tmp_path / f"{pages}.{kind}", pages)
        peaks[pages] = peak_mb(book, tmp_path / f"{pages}.{kind}", pages)
    assert peaks[200] < peaks[10] + MARGIN_MB
    assert peaks[200] < MOST_MB
