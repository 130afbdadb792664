"""The camera: a headless Chromium, screens that it opens, and pictures of them in few colours."""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from PIL import Image
from playwright.sync_api import Browser, Page, Response, sync_playwright

from docs.album.screens import PATHS_OF_STAFF

FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE_MS = 180_000  # the first picture of a row is cut while a busy machine waits
COLOURS = (64, 32, 16, 8)  # the most that fit; our screens need few, and a third of the size
LARGEST_BYTES = 100_000
_REFUSED = 400  # and above


class NotShown(Exception):
    """A screen, or a part of it, that the site did not give."""


@dataclass(frozen=True)
class Album:
    """Where the pictures of the README and of the handbook go.

    `taken`: of each of the handbook's its name and the path of the page that it shows. `failed`: what the site refused.
    """

    readme: Path
    handbook: Path
    taken: dict[str, str] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)

    def take(self, page: Page, name: str, size: tuple[int, int], *, is_waiting: bool = False) -> None:
        """A picture for the handbook; NotShown where anything of the page could not be had."""
        photograph(page, self.handbook / f"{name}.png", size, is_waiting=is_waiting)
        if self.failed:
            raise NotShown(f"{name}: {', '.join(self.failed)}")
        self.taken[name] = urlsplit(page.url).path

    def open_page(self, chromium: Browser) -> Page:
        """A page of a browser that nobody used before; whatever the site refuses it is noted."""
        page = chromium.new_context(locale="vi-VN").new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("response", lambda reply: self._note(reply))
        page.on("pageerror", lambda error: self.failed.append(str(error)))
        return page

    def _note(self, reply: Response) -> None:
        if reply.status >= _REFUSED:
            self.failed.append(f"{reply.status} {reply.url}")


@contextmanager
def browser() -> Iterator[Browser]:
    """A Chromium of this machine."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=shutil.which("chromium"), headless=True, args=FLAGS)
        yield chromium
        chromium.close()


def knock(page: Page, address: str, name: str, password: str) -> None:
    """At the door, with a name and a password."""
    page.goto(f"{address}{PATHS_OF_STAFF}")
    page.fill("#name", name)
    page.fill("#password", password)
    page.click("main button")


def enter_console(page: Page, address: str, name: str, password: str) -> None:
    """Through the door."""
    knock(page, address, name, password)
    page.wait_for_url(f"**{PATHS_OF_STAFF}")


def photograph(page: Page, path: Path, size: tuple[int, int], *, is_waiting: bool = False) -> None:
    """The page as it stands once its pictures are there, in few colours; `is_waiting`: while something is done."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    if not is_waiting:
        page.locator("#waiting").wait_for(state="detached")  # a preview that is drawn first
        page.wait_for_load_state("networkidle")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    for colours in COLOURS:
        shot.quantize(colours, dither=Image.Dither.NONE).save(path, optimize=True)
        if path.stat().st_size <= LARGEST_BYTES:
            return
