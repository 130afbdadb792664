"""The page of one agency as HTML that needs nothing else, and as a PDF; both set the same parts."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from reportlab.platypus import Flowable

from aggregation.agency_page import AgencyPage
from aggregation.part_paper import parts_flow
from aggregation.report import About, date_line, environment
from aggregation.strips import Strips
from forms.drawing import plain
from forms.pack import paper
from forms.words import text


def agency_html(page: AgencyPage, about: About, lang: str = "vi") -> bytes:
    """The page as UTF-8 bytes."""
    template = environment().get_template("agency.html")
    fields = {"page": page, "about": about, "lang": lang, "date": date_line(about, lang)}
    return template.render(**fields, t=partial(_say, lang), strip=Strips(lang)).encode()


def write_agency_paper(path: Path, page: AgencyPage, about: About, lang: str = "vi") -> int:
    """Write the page as a PDF; gives its number of pages."""
    title = text("report.page_title", lang)
    flow: list[Flowable] = [
        *paper.official_head(about.superior, about.body, lang, "", plain(date_line(about, lang))),
        *paper.paper_title(title, page.name, about.campaign),
        *parts_flow(page.parts, 10),
    ]
    return paper.write_paper(path, f"{title} – {page.name}", f"{title} – {page.name}", lang, flow)


def _say(lang: str, key: str, **fields: object) -> str:
    return text(key, lang, **fields)
