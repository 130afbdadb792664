"""Phrases that several papers share: whose sheets, dates, the foot. Knows no page."""

from __future__ import annotations

import datetime

from forms.pack.content import Office, Pack, Share
from forms.words import text


def share_name(share: Share, pack: Pack, lang: str) -> str:
    """Whose sheets: the respondents, with the agency where the receiver hands out for others."""
    if not pack.rates_others():
        return share.group_name
    return text("pack.share_of", lang, agency=share.agency_name, group=share.group_name)


def whose_heading(pack: Pack, lang: str) -> str:
    """The heading over share_name."""
    return text("pack.whose" if pack.rates_others() else "pack.who", lang)


def show_date(date: datetime.date) -> str:
    """31/3/2014, as offices write it (Decree 30/2020: days below 10 and months 1 and 2 with a zero)."""
    month = f"{date.month:02d}" if date.month < 3 else str(date.month)
    return f"{date.day:02d}/{month}/{date.year}"


def foot(paper: str, pack: Pack, office: Office) -> str:
    """What stands at the foot of every page of a paper."""
    return text("pack.foot", office.lang, paper=paper, receiver=pack.name, campaign=office.name)
