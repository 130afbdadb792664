from __future__ import annotations

import dataclasses

from collector.printing.issue import reserve_run
from collector.store import Store
from collector.store.question_numbers import number_questions
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


def test_a_question_has_the_number_that_was_printed_whatever_is_asked_today(store: Store, campaign: Campaign) -> None:
    today = with_a_question_before(campaign)
    before = {quota.agency: quota for quota in campaign.quotas if quota.group == "CD"}["HL"]
    fresh = f"HL-CD-{before.target + before.reserve + 1:03d}"
    reserve_run(store, today, today.quotas)
    with store.read() as conn:
        found = number_questions(conn, {"HL-CD-001", fresh, "HL-CD", "SNV-CD", "lan", "HL-CD-999"})
    assert (found["HL-CD-001"]["q2"], found[fresh]["q2"], found["SNV-CD"]["q2"]) == (2, 3, 2)
    assert "q2" not in found["HL-CD"]  # the sheets of this cell do not agree
    assert found.keys() == {"HL-CD-001", fresh, "HL-CD", "SNV-CD"}
