"""Printed papers as pictures: a sheet, a matrix sheet, a hand-over record, the report."""

from __future__ import annotations

import pypdfium2
from playwright.sync_api import Browser

from collector.demo.folders import DemoFolders
from collector.example import examples_folder
from collector.printing.packs import FOLDER
from docs.album.camera import Album, photograph
from forms.code import code_address
from forms.compose import make_layout
from forms.folder import load_campaign
from forms.pdf import PrintedSheet, SheetWriter
from forms.serial import make_serial
from forms.versions import plan_versions

_SCALE = 100 / 72  # 100 dpi


def photograph_sheet(folders: DemoFolders, album: Album) -> None:
    """A citizens' sheet of the demo's print run."""
    document = pypdfium2.PdfDocument(str(folders.printed / "HLO" / "CD.pdf"))
    document[0].render(scale=_SCALE).to_pil().save(album.readme / "sheet.png", optimize=True)


def photograph_papers(folders: DemoFolders, album: Album) -> None:
    """A matrix sheet of today's province, and the hand-over record of the demo's print pack."""
    campaign = load_campaign(examples_folder() / "hai-cap-2025")
    asked = campaign.questionnaires["danh-gia-so"]
    layout, plan = make_layout(campaign, asked, plan_versions(campaign, asked).head(0))
    path = folders.out / "matrix.pdf"
    writer = SheetWriter(path, plan, code_address(campaign.settings.public_address))
    writer.add(PrintedSheet(make_serial(layout.number), "ANSINH-LX-001", campaign.get_agency("ANSINH").name))
    writer.close()
    record = folders.printed / FOLDER / "HLO" / "bien-ban-giao-nhan.pdf"
    for name, pdf in (("matrix", path), ("record", record)):
        page = pypdfium2.PdfDocument(str(pdf))[0]
        page.render(scale=_SCALE).to_pil().convert("L").save(album.readme / f"{name}.png", optimize=True)


def photograph_report(folders: DemoFolders, album: Album, chromium: Browser) -> None:
    """The report of the demo's scores."""
    report = chromium.new_page()
    report.goto((folders.results / "report.html").resolve().as_uri())
    photograph(report, album.readme / "report.png", (1200, 1700))
