"""What a sheet may promise whoever answers it: each sentence only where the campaign's settings make it true.

The sentences stand in forms/catalogue/promise.yaml. Knows no page: forms/front prints them.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from forms.campaign import Agency, Campaign, Group, Head
from forms.fonts import choose_family
from forms.grids import clean_text
from forms.questionnaire import Questionnaire
from forms.tongue import SUPPLIED

_SEALED = ("envelope", "box", "envelope_or_box")


def make_head(
    campaign: Campaign,
    asked: Questionnaire,
    group: Group | None = None,
    *,
    family: str | None = None,
    large: bool = False,
    training: bool = False,
) -> Head:
    """What the sheets of a group show of the campaign (the first that is asked this, where none is named).

    `family`: the typeface's, unless the settings' own or the office's is to be found out.
    """
    groups = campaign.settings.groups
    group = group or next((one for one in groups if one.questionnaire == asked.code), None)
    change = {
        "promises": tuple(list_promises(campaign, asked, group)) if group is not None else (),
        "typeface": family or choose_family(campaign.settings.typeface, campaign.fonts),
        "large": large,
        "training": training,
        "words": _printed_words(campaign),
    }
    return campaign.settings.head().model_copy(update=change)


def _printed_words(campaign: Campaign) -> tuple[tuple[str, str], ...]:
    if campaign.settings.languages[0] != SUPPLIED:
        return ()
    return tuple((key, said) for key, said in campaign.words if not key.startswith("phone."))


def list_promises(campaign: Campaign, asked: Questionnaire, group: Group) -> Iterator[str]:
    """The sentences that are true of a group's sheets, in the order in which they are printed."""
    linked = group.privacy == "linked"
    if not asks_who(asked):
        yield "name"
    yield "count_linked" if linked else "count"
    if linked:
        yield "linked"
    if campaign.settings.returns in _SEALED:
        yield campaign.settings.returns
    if _is_kept_from_agency(campaign, asked, group):
        yield "agency"


def asks_who(asked: Questionnaire) -> bool:
    """Whether a question asks who the respondent is."""
    return any(question.personal for question in asked.questions())


def _is_kept_from_agency(campaign: Campaign, asked: Questionnaire, group: Group) -> bool:
    """Sealed, or handed out and collected by somebody else, and not opened by the one who is rated.

    The issuing body processes the sheets: where it is rated itself, nobody can promise this.
    """
    quotas = [quota for quota in campaign.quotas if quota.group == group.code]
    cells = {quota.agency for quota in quotas}
    rated = [agency for agency in campaign.agencies if _is_rated(agency, asked, cells)]
    issuer = clean_text(campaign.settings.issuer.body).casefold()
    sealed = campaign.settings.returns in _SEALED
    kept = sealed or (bool(quotas) and all(quota.collector for quota in quotas))
    return kept and issuer not in {clean_text(agency.name).casefold() for agency in rated}


def _is_rated(agency: Agency, asked: Questionnaire, named: Collection[str]) -> bool:
    """Whether a group's sheets are about an agency: it stands on them, or in the block of a matrix."""
    return agency.code in named if asked.block is None else agency.block == asked.block
