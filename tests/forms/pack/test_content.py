from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from forms.campaign import Campaign, Issuer
from forms.pack.content import STACK_SHEETS, Office, Share, office_of, stacks_of

ordinals = st.sets(st.integers(1, 700), max_size=300)


@given(ordinals, ordinals)
def test_every_sheet_lies_in_one_stack_that_the_feeder_takes_at_once(originals: set[int], reserves: set[int]) -> None:
    reserves -= originals
    share = Share("SXD", "Sở Xây dựng", "CD", "Người dân", True, tuple(sorted(originals)), tuple(sorted(reserves)))
    stacks = stacks_of(share)
    assert sorted(number for stack in stacks for number in stack.ordinals) == sorted(originals | reserves)
    assert all(0 < len(stack.ordinals) <= STACK_SHEETS for stack in stacks)
    assert len({stack.code for stack in stacks}) == len(stacks)
    assert all(set(stack.ordinals) <= (reserves if stack.is_reserve else originals) for stack in stacks)
    for kind in (True, False):
        places = [(stack.place, stack.of) for stack in stacks if stack.is_reserve is kind]
        assert places == [(place, len(places)) for place in range(1, len(places) + 1)]


@given(st.sets(st.integers(1, 300), min_size=1), st.integers(1, 300))
def test_voiding_a_sheet_moves_no_other_into_another_stack(kept: set[int], void: int) -> None:
    def places(numbers: set[int]) -> dict[int, str]:
        share = Share("SXD", "Sở Xây dựng", "CD", "Người dân", True, tuple(sorted(numbers)))
        return {number: stack.code for stack in stacks_of(share) for number in stack.ordinals}

    before, after = places(kept | {void}), places(kept - {void})
    assert all(before[number] == code for number, code in after.items())


def changed(campaign: Campaign, **fields: object) -> Office:
    return office_of(dataclasses.replace(campaign, settings=campaign.settings.model_copy(update=fields)))


def test_the_office_knows_the_last_day_only_from_the_phase_of_collecting(example: Campaign) -> None:
    assert str(office_of(example).deadline) == "2014-03-31"
    assert changed(example, phases=()).deadline is None


def test_sentences_name_the_issuer_as_the_table_of_agencies_does(example: Campaign) -> None:
    assert (office_of(example).body, office_of(example).named) == ("SỞ NỘI VỤ", "Sở Nội vụ")
    elsewhere = Issuer(body="VIỆN NGHIÊN CỨU")
    assert changed(example, issuer=elsewhere).named == "VIỆN NGHIÊN CỨU"


def test_papers_speak_vietnamese_where_the_program_lacks_the_first_language(example: Campaign) -> None:
    assert changed(example, languages=("km", "en")).lang == "vi"
    assert changed(example, languages=("en",)).lang == "en"
