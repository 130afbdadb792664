"""Accepted responses by channel and day, and the last day of every cell."""

from __future__ import annotations

import dataclasses
import datetime
from typing import Any

from collector.store.arrivals import Arrivals, count_arrivals
from collector.store.campaigns import sync_campaign
from collector.store.deadlines import find_cell_due_days, record_extension
from forms.campaign import Phase

DAY = datetime.date(2014, 3, 21)  # in Viet Nam, when answers of the desk come in


def test_only_responses_that_count_are_counted_by_cell_channel_and_day(desk: Any) -> None:
    one, two, three, _ = desk.serials()
    desk.post(one, q2="5")
    desk.post(two, "typed", q2="5")
    desk.post(three, q2="5")
    desk.post(three, q2="1")
    desk.scan(desk.serials("SNV")[0], 1, q2="4")
    desk.scan(desk.serials("SNV")[0], 2, q4="4")
    with desk.store.read() as conn:
        assert count_arrivals(conn) == [
            Arrivals("HL", "CD", "phone", DAY, 1),
            Arrivals("HL", "CD", "typed", DAY, 1),
            Arrivals("SNV", "CD", "paper", DAY, 1),
        ]


def test_a_letter_moves_the_last_day_of_an_agency_s_cells_alone(desk: Any) -> None:
    with desk.store.read() as conn:
        assert find_cell_due_days(conn) == {}
    phase = Phase.model_validate({"code": "collect", "name": "Thu", "from": "2014-03-20", "to": "2014-03-31"})
    settings = desk.campaign.settings.model_copy(update={"phases": (phase,)})
    due, later = datetime.date(2014, 3, 31), datetime.date(2014, 4, 5)
    with desk.store.write() as conn:
        sync_campaign(conn, dataclasses.replace(desk.campaign, settings=settings))
        record_extension(conn, "agency", "HL", later, "12/UBND", "Lê Thị Hoa", DAY)
    with desk.store.read() as conn:
        assert find_cell_due_days(conn) == {("HL", "CD"): later, ("HL", "CC"): later, ("SNV", "CD"): due}
