"""The pictures of the README and of the handbook, made by the program itself: papers, screens, the report.

    make pictures [ARGS=demo]      (a folder of an earlier `phieu demo` is photographed instead of a new one)

Runs a small demo in a scratch folder, renders printed pages, and photographs the screens in a headless Chromium. The
same journey is a test (tests/test_album.py).
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from collector.demo import run_demo
from collector.demo.folders import DemoFolders
from docs.album.camera import Album
from docs.album.journey import make_album

DOCS = Path(__file__).parents[1]
SHEETS = 200


def main() -> None:
    """Make every picture again."""
    album = Album(DOCS / "pictures", DOCS / "handbook" / "pictures")
    with tempfile.TemporaryDirectory() as scratch:
        folders = DemoFolders(Path(scratch) / "demo")
        if len(sys.argv) > 1:
            shutil.copytree(sys.argv[1], folders.out)
        else:
            run_demo(folders.out, SHEETS, quiet_progress, print)
        make_album(folders, Path(scratch), album)


@contextmanager
def quiet_progress(_: str) -> Iterator[Callable[[int, int], None]]:
    """Says nothing while the demo is made."""
    yield lambda *_: None


if __name__ == "__main__":
    main()
