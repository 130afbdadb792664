"""Phrases that several papers share: whose sheets, the foot. Knows no page."""

from __future__ import annotations

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


def foot(paper: str, pack: Pack, office: Office) -> str:
    """What stands at the foot of every page of a paper."""
    return text("pack.foot", office.lang, paper=paper, receiver=pack.name, campaign=office.name)
