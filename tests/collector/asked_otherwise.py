"""A campaign whose questionnaire was changed after printing."""

from __future__ import annotations

import dataclasses

from forms.campaign import Campaign


def with_a_question_before(campaign: Campaign) -> Campaign:
    """The campaign with another question at the head of its citizens' sheets, and a sheet more for HL."""
    asked = campaign.get_questionnaire("CD")
    first, *others = asked.sections
    extra = first.questions[0].model_copy(update={"code": "moi", "text": "Ông/Bà đến vì việc gì?"})
    longer = first.model_copy(update={"questions": (extra, *first.questions)})
    changed = asked.model_copy(update={"sections": (longer, *others)})
    more = [
        dataclasses.replace(one, target=one.target + 1) if (one.agency, one.group) == ("HL", "CD") else one
        for one in campaign.quotas
    ]
    return dataclasses.replace(
        campaign, questionnaires={**campaign.questionnaires, asked.code: changed}, quotas=tuple(more)
    )
