"""What the pages of one app share: the store, the campaign, the pictures' worker and the throttles."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from dataclasses import dataclass, field

from flask import abort, current_app, request

from collector.letters.background import LetterSender
from collector.prepare.preview import PreviewRoom
from collector.receipts import Seals
from collector.scans.uploads import UploadReader
from collector.store import Store
from collector.web import statuses
from collector.web.closing import ServedCampaign
from collector.web.drafts import Drafts
from collector.web.evidence import EvidenceRoom
from collector.web.printed import Printed
from collector.web.throttle import Throttle, network_of
from forms.appraisal import BONUS, PENALTY, TOTAL
from forms.campaign import Agency, Block, Campaign, Group
from forms.tongue import SUPPLIED
from forms.words import LANGUAGES, Tongue, text

EXTENSION = "phieu"
# Keys of the store are 32 bits wide, random ones 63; a larger number in an address names nothing, and no database is
# asked for it. For routes, as converters:
_LARGEST_KEY = 2**31 - 1
KEY = f"int(max={_LARGEST_KEY})"
RANDOM_KEY = f"int(max={2**63 - 1})"


@dataclass(frozen=True)
class Site:
    """One campaign's site.

    `unknown` slows down guessing of serials, `logins` that of passwords and codes, both by network; `late`, by serial,
    that of what a sheet of a closed campaign was answered, and `differing` answers that differ. `seals` signs receipts.
    `printed` keeps what was printed by layout; `reader` reads scans that were handed in, `sender` sends letters,
    `previews` draws sheets to be looked at; `drafts` keeps what was sent after a session had ended.
    """

    store: Store
    served: ServedCampaign
    evidence: EvidenceRoom
    unknown: Throttle
    logins: Throttle
    late: Throttle
    differing: Throttle
    reader: UploadReader
    seals: Seals
    sender: LetterSender
    drafts: Drafts
    printed: dict[str, Printed] = field(default_factory=dict)
    previews: PreviewRoom = field(default_factory=PreviewRoom)

    @property
    def campaign(self) -> Campaign:
        """The campaign, closed or not as its file says at this moment."""
        return self.served.get()


def site() -> Site:
    """The site of the request at hand."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Site)
    return found


def utc_now() -> datetime.datetime:
    """This moment, aware, UTC."""
    return datetime.datetime.now(datetime.UTC)


def client_network() -> str:
    """The network from which the request at hand came."""
    return network_of(request.remote_addr)


def offered_languages(campaign: Campaign) -> tuple[str, ...]:
    """The languages in which the phone form can be had: Vietnamese always, others where the campaign lists them."""
    known = (*LANGUAGES, *((SUPPLIED,) if campaign.words else ()))
    return ("vi", *(lang for lang in campaign.settings.languages if lang != "vi" and lang in known))


def chosen_language(campaign: Campaign) -> str:
    """The language of this reader: ?lang=, else what the browser asks for, else Vietnamese."""
    offered = offered_languages(campaign)
    wanted = request.args.get("lang")
    chosen = wanted if wanted in offered else request.accept_languages.best_match(offered, "vi")
    return Tongue(chosen, dict(campaign.words)) if chosen == SUPPLIED else chosen


def asked_number(field: str) -> int | None:
    """The number in a query field, None without one; not found where it is no number that the store could know."""
    written = request.args.get(field)
    if written is None:
        return None
    is_number = written.isascii() and written.isdigit() and len(written) <= len(str(_LARGEST_KEY))
    if not is_number or int(written) > _LARGEST_KEY:
        abort(statuses.NOT_FOUND)
    return int(written)


def asked_code(field: str, known: Iterable[Agency | Block | Group]) -> str:
    """The code in a query field, "" unless it is one of the campaign's: what strangers write never stands in a page."""
    code = request.args.get(field, "")
    return code if any(code == noun.code for noun in known) else ""


def criterion_name(campaign: Campaign, code: str, lang: str) -> str:
    """A criterion by code and name; what BONUS, PENALTY and TOTAL mean, in words."""
    if code in (BONUS, PENALTY, TOTAL):
        return text(f"petitions.criterion_{code.lower()}", lang)
    return next((f"{one.code} {one.name}" for one in campaign.criteria if one.code == code), code)


def agency_name(campaign: Campaign, code: str) -> str:
    """The name of an agency; its code where it has left the campaign since printing."""
    return next((agency.name for agency in campaign.agencies if agency.code == code), code)
