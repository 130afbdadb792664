"""The pages of agencies: agencies/<code>.html and .pdf beside the other results."""

from __future__ import annotations

from collections.abc import Callable, Collection
from pathlib import Path

from aggregation.agency_page import AgencyPages
from aggregation.agency_paper import agency_html, write_agency_paper
from aggregation.report import About
from collector.files import unfinished_file, write_whole
from forms.campaign import Campaign
from forms.errors import InputWrong, Problem
from forms.fonts import find_office_typeface, setting_in
from forms.words import text

FOLDER = "agencies"
MOST = 200  # more pages than these take longer than a person waits, and are written when asked for


def choose_agencies(campaign: Campaign, wanted: Collection[str] | None) -> list[str]:
    """The agencies that get a page: those wanted; where nobody said, all up to MOST of them, else none.

    InputWrong for codes that the campaign does not have, or does not rate.
    """
    rated = campaign.find_rated()
    codes = [agency.code for agency in campaign.agencies if agency.block in rated]
    if wanted is None:
        return codes if len(codes) <= MOST else []
    unknown = sorted(set(wanted) - set(codes))
    if unknown:
        fix = text("report.pages_unknown_fix")
        raise InputWrong([Problem(f"--agency {code}", text("report.pages_unknown"), fix) for code in unknown])
    return [code for code in codes if code in set(wanted)]


def write_pages(
    campaign: Campaign,
    pages: AgencyPages,
    about: About,
    chosen: Collection[str],
    out: Path,
    report: Callable[[int, int], None] | None = None,
) -> int:
    """Write the pages of the chosen agencies, each file whole; gives their number. `report` is told done and all."""
    done = 0
    typeface = find_office_typeface(campaign.settings.typeface, campaign.fonts)
    with setting_in(typeface):
        for done, page in enumerate(pages.make(chosen), 1):
            write_whole(out / FOLDER / f"{page.code}.html", agency_html(page, about))
            with unfinished_file(out / FOLDER / f"{page.code}.pdf") as unfinished:
                write_agency_paper(unfinished, page, about)
            if report is not None:
                report(done, len(chosen))
    return done
