from __future__ import annotations

from collector.printing.issue import reserve_run
from collector.store import Store
from collector.store.question_numbers import number_questions
from forms.campaign import Campaign
from tests.collector.asked_otherwise import with_a_question_before


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
