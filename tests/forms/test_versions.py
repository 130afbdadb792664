from __future__ import annotations

import dataclasses
import hashlib
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms.campaign import Agency, Campaign, Head, Quota
from forms.compose import compose
from forms.errors import InputWrong
from forms.promises import make_head
from forms.questionnaire import Questionnaire
from forms.versions import PAGES, Versions, cut_rounds, find_turn, first_turns, plan_versions

COMMUNES = tuple(Agency(f"X{number:02d}", f"Ủy ban nhân dân phường số {number}", "HU") for number in range(1, 55))


def with_communes(example: Campaign, asked: Questionnaire, count: int = 54, quotas: tuple[Quota, ...] = ()) -> Campaign:
    groups = tuple(
        group.model_copy(update={"questionnaire": asked.code}) if group.code == "CC" else group
        for group in example.settings.groups
    )
    return dataclasses.replace(
        example,
        settings=example.settings.model_copy(update={"groups": groups}),
        agencies=COMMUNES[:count],
        quotas=quotas,
        questionnaires={**example.questionnaires, asked.code: asked},
    )


codes = st.lists(st.from_regex(r"[A-Z0-9_-]{1,20}", fullmatch=True), min_size=1, max_size=60, unique=True)


@given(codes, st.integers(1, 12), st.text("abc-09", min_size=1, max_size=8))
def test_every_agency_stands_once_a_round_on_parts_of_nearly_the_same_size(
    listed: list[str], parts: int, campaign: str
) -> None:
    parts = min(parts, len(listed))
    cut = cut_rounds(campaign, "q", listed, parts)
    assert len(cut) % parts == 0
    for first in range(0, len(cut), parts):
        one_round = cut[first : first + parts]
        assert sorted(code for part in one_round for code in part) == sorted(listed)
        assert max(map(len, one_round)) - min(map(len, one_round)) <= 1
        for part in one_round:
            assert [code for code in listed if code in part] == list(part)  # in the folder's order
    assert cut == cut_rounds(campaign, "q", listed, parts)


def test_the_order_of_a_round_can_be_worked_out_by_hand() -> None:
    listed = ["A", "B", "C", "D", "E"]
    shuffled = sorted(listed, key=lambda code: hashlib.sha256(f"tinh-2025/can-bo/2/{code}".encode()).hexdigest())
    second = cut_rounds("tinh-2025", "can-bo", listed, 2)[2:4]
    assert [set(part) for part in second] == [set(shuffled[:3]), set(shuffled[3:])]


def test_rounds_mix_the_pairs() -> None:
    listed = [agency.code for agency in COMMUNES]
    cut = cut_rounds("tinh-2025", "can-bo", listed, 2)
    met = {pair for part in cut for pair in combinations(part, 2)}
    assert len(met) / len(list(combinations(listed, 2))) > 0.99


@given(
    st.integers(2, 40),
    st.integers(1, 6),
    st.integers(0, 40),
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=12),
)
def test_over_a_campaign_every_agency_is_rated_equally_often_but_for_one(
    example: Campaign, matrix: Questionnaire, size: int, parts: int, first: int, cells: list[tuple[int, int]]
) -> None:
    parts = min(parts, size)
    listed = [f"A{number}" for number in range(size)]
    cut = cut_rounds("tinh-2025", "can-bo", listed, parts)
    head = example.settings.head()
    heads = tuple(head.model_copy(update={"rated": tuple((code, code) for code in part)}) for part in cut)
    versions = Versions(heads, first * parts % len(cut))
    quotas = tuple(Quota(f"X{n:02d}", "CC", target, reserve) for n, (target, reserve) in enumerate(cells, 1))
    campaign = with_communes(example, matrix, quotas=quotas)
    turns = first_turns(campaign, matrix)
    sheets = [
        [versions.head(find_turn(turns[quota.agency, "CC"], quota, number)) for number in range(1, quota.target + 1)]
        for quota in quotas
    ]
    counts = Counter(code for cell in sheets for sheet in cell for code, _ in sheet.rated)
    assert max(counts[code] for code in listed) - min(counts[code] for code in listed) <= 1
    reserves = [
        versions.head(find_turn(turns[quota.agency, "CC"], quota, quota.target + number))
        for quota in quotas
        for number in range(1, quota.reserve + 1)
    ]
    counts += Counter(code for sheet in reserves for code, _ in sheet.rated)
    assert max(counts[code] for code in listed) - min(counts[code] for code in listed) <= 1


def test_a_questionnaire_about_one_agency_has_one_version(example: Campaign) -> None:
    versions = plan_versions(example, example.questionnaires["nguoi-dan"])
    assert versions.heads == (make_head(example, example.questionnaires["nguoi-dan"]),)


def test_agencies_that_fit_four_pages_all_stand_on_every_sheet(example: Campaign, matrix: Questionnaire) -> None:
    versions = plan_versions(with_communes(example, matrix, 20), matrix)
    assert [len(head.rated) for head in versions.heads] == [20]
    assert versions.heads[0].rated[0] == ("X01", "Ủy ban nhân dân phường số 1")


def test_more_agencies_are_shared_out_over_sheets_of_four_pages(example: Campaign, matrix: Questionnaire) -> None:
    campaign = with_communes(example, matrix)
    versions = plan_versions(campaign, matrix)
    assert {len(head.rated) for head in versions.heads} == {27}
    assert {len(compose(head, matrix).pages) for head in versions.heads} == {PAGES}
    assert len(versions.heads) <= 64
    assert versions == plan_versions(campaign, matrix)
    renamed = campaign.settings.model_copy(update={"id": "dot-khac-2025"})
    assert versions != plan_versions(dataclasses.replace(campaign, settings=renamed), matrix)


def test_the_sheet_says_so_where_ones_own_agency_is_left_out(example: Campaign, matrix: Questionnaire) -> None:
    def head(rules: dict[str, str], agency: str) -> Head:
        campaign = with_communes(example, matrix, 5, (Quota(agency, "CC", 3),))
        scoring = campaign.settings.scoring.model_copy(update=rules)
        settings = campaign.settings.model_copy(update={"scoring": scoring})
        return plan_versions(dataclasses.replace(campaign, settings=settings), matrix).heads[0]

    assert head({}, "X01").leaves_out_own
    assert not head({}, "SNV").leaves_out_own  # whoever works elsewhere need not read about it
    assert not head({"own_agency": "count"}, "X01").leaves_out_own


def test_questions_that_fill_four_pages_for_a_single_agency_are_refused(
    example: Campaign, matrix: Questionnaire
) -> None:
    (section, *_) = matrix.sections
    questions = tuple(
        section.questions[0].model_copy(update={"code": f"m{number}", "text": "Sự phối hợp giải quyết công việc " * 9})
        for number in range(60)
    )
    long = matrix.model_copy(update={"sections": (section.model_copy(update={"questions": questions}),)})
    with pytest.raises(InputWrong):
        plan_versions(with_communes(example, long, 3), long)
