"""The examples: each passes the check, holds the published figures, says what is made up, and prints."""

from __future__ import annotations

import csv
import datetime
import re
import unicodedata
from collections import Counter
from decimal import Decimal
from functools import cache
from pathlib import Path

import pypdfium2
import pytest
from click.testing import CliRunner

from collector.cli import main
from collector.example import copy_example, examples_folder
from forms.campaign import Campaign, Criterion
from forms.checkup import check_folder
from forms.compose import compose
from forms.errors import InputWrong
from forms.folder import load_campaign

TARGETS = {
    "quang-ninh-2013": {"CC": 720, "CD": 1400, "DN": 100},
    "tra-vinh-2023": {"ND": 650, "LD": 261},
    "binh-dinh-2018": {"TC": 520, "CD": 550, "CB": 370},
    "dak-nong-2018": {"CC": 472, "TC": 375, "CD": 480},
    "quang-ninh-2017": {"TC": 600, "CD": 1400},
    "hai-cap-2025": {"CD": 1620, "DN": 280, "LX": 162, "LS": 56, "DS": 50, "DX": 50},
}
SOURCES = {
    "quang-ninh-2013": ("Sở Nội vụ tổ chức hội nghị tập huấn điều tra xã hội học", "20/3/2014"),
    "tra-vinh-2023": ("Sở Nội vụ tổ chức Hội nghị triển khai Kế hoạch đánh giá", "28/9/2023", "04/12/2023"),
    "binh-dinh-2018": ("Triển khai đánh giá, xác định Chỉ số cải cách hành chính năm 2018", "09/11/2018"),
    "dak-nong-2018": ("Tập huấn nghiệp vụ đánh giá, xác định chỉ số cải cách hành chính năm 2018", "07/11/2018"),
    "quang-ninh-2017": ("Công bố Chỉ số CCHC các Sở, ban, ngành và UBND", "Viện Khoa học tổ chức nhà nước"),
    "hai-cap-2025": ("`vietnam-provinces`", "2025.10.1", "Báo Gia Lai", "12/12/2025"),
}
PUBLISHED = {
    "SN": {"SXD": "89.92", "SYT": "88.35", "SKHCN": "88.29", "STC": "87.94", "SNV": "87.82"},
    "HU": {"HLO": "88.89", "CPH": "87.95", "DTR": "87.80", "UBI": "86.97", "HHA": "86.90"},
}
ALL = sorted(TARGETS)
PRINTED = [
    pytest.param(name, marks=pytest.mark.slow) if name == "hai-cap-2025" else name
    for name in ALL
    if name != "quang-ninh-2017"
]


@pytest.fixture(scope="module")
def copies(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where examples are copied, with keys of their own."""
    return tmp_path_factory.mktemp("examples")


@cache
def loaded(name: str) -> Campaign:
    """An example's campaign."""
    return load_campaign(examples_folder() / name)


def rates_of(name: str) -> dict[str, str]:
    """What each questionnaire of an example rates, as its file says."""
    files = sorted((examples_folder() / name / "questionnaires").glob("*.yaml"))
    return {path.stem: re.findall(r"(?m)^rates: (\S+)$", path.read_text(encoding="utf-8"))[0] for path in files}


def rows_of(name: str, table: str) -> list[dict[str, str]]:
    with (examples_folder() / name / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def levels_of(criteria: tuple[Criterion, ...], block: str) -> Counter[int]:
    """How many criteria of a block stand on each level of the tree, 0 the fields."""
    parents = {criterion.code: criterion.parent for criterion in criteria}

    def depth(code: str) -> int:
        return 1 + depth(parents[code]) if parents[code] else 0

    return Counter(depth(criterion.code) for criterion in criteria if criterion.block == block)


def test_every_example_is_named_here_and_offered_by_init(tmp_path: Path) -> None:
    assert sorted(path.name for path in examples_folder().iterdir()) == ALL
    with pytest.raises(InputWrong) as wrong:
        copy_example("nowhere", tmp_path / "campaign")
    assert all(name in wrong.value.problems[0].fix for name in ALL)


@pytest.mark.parametrize("name", ALL)
def test_an_example_passes_the_check_as_init_copies_it(name: str, tmp_path: Path) -> None:
    copy_example(name, tmp_path / "campaign")
    assert check_folder(tmp_path / "campaign").settings.id == name


@pytest.mark.parametrize("name", ALL)
def test_the_targets_sum_to_what_the_readme_says(name: str) -> None:
    sums: Counter[str] = Counter()
    for quota in loaded(name).quotas:
        sums[quota.group] += quota.target
    assert sums == TARGETS[name]
    readme = (examples_folder() / name / "README.md").read_text(encoding="utf-8")
    assert f"{sum(sums.values()):,}".replace(",", ".") in readme


@pytest.mark.parametrize("name", ALL)
def test_a_readme_names_its_sources_and_says_what_is_made_up(name: str) -> None:
    readme = (examples_folder() / name / "README.md").read_text(encoding="utf-8")
    flowing = " ".join(readme.split())
    assert [source for source in SOURCES[name] if source not in flowing] == []
    headings = re.findall(r"(?m)^## (.+)$", readme)
    assert "Có nguồn" in headings
    assert "Minh họa" in headings


@pytest.mark.parametrize("name", ALL)
def test_every_file_is_utf_8_with_composed_letters(name: str) -> None:
    for path in (examples_folder() / name).rglob("*"):
        if path.is_file() and "data" not in path.parts:
            content = path.read_bytes().decode("utf-8")
            assert unicodedata.is_normalized("NFC", content), path


@pytest.mark.parametrize("name", ALL)
def test_every_survey_criterion_of_a_block_is_asked_of_somebody_there(name: str) -> None:
    campaign, rates = loaded(name), rates_of(name)
    blocks = {agency.code: agency.block for agency in campaign.agencies}
    for block in set(blocks.values()):
        groups = {quota.group for quota in campaign.quotas if blocks[quota.agency] == block}
        here = {campaign.get_group(group).questionnaire for group in groups}
        asked = {
            question.criterion
            for code, questionnaire in campaign.questionnaires.items()
            if rates[code] == f"block:{block}" or (rates[code] == "agency" and code in here)
            for question in questionnaire.questions()
        }
        assert {criterion.code for criterion in campaign.leaves(block)} - asked == set()


@pytest.mark.parametrize("name", ALL)
def test_no_sheet_asks_for_ethnicity_and_none_that_is_unlinked_asks_who_answers(name: str) -> None:
    campaign = loaded(name)
    for group in campaign.settings.groups:
        for question in campaign.get_questionnaire(group.code).questions():
            words = question.text.casefold()
            assert not re.search(r"dân tộc|ngày sinh|căn cước", words), question
            if group.privacy == "unlinked":
                assert question.kind in ("one", "many"), question
                assert not re.search(r"\btuổi\b|giới tính|chức vụ của ông|họ tên", words), question


@pytest.mark.parametrize("name", ALL)
def test_a_sheet_of_citizens_or_firms_has_12_to_25_questions_on_one_leaf(name: str) -> None:
    campaign = loaded(name)
    for group in campaign.settings.groups:
        asked = campaign.get_questionnaire(group.code)
        if group.privacy == "linked":
            assert 12 <= len(list(asked.questions())) <= 25, asked.code
            assert len(compose(campaign.settings.head(), asked).pages) == 2, asked.code


@pytest.mark.slow  # every questionnaire of every example is composed
@pytest.mark.usefixtures("one_processor")
@pytest.mark.parametrize("name", PRINTED)
def test_the_first_sheets_of_every_questionnaire_print(
    name: str, copies: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PHIEU_KEYS", str(copies / "keys"))
    folder, campaign = copies / name, loaded(name)
    copy_example(name, folder)
    asking = {group.questionnaire: group for group in campaign.settings.groups}  # one group a questionnaire will do
    for group in asking.values():
        out = copies / f"{name}-{group.code}"
        agency = next(quota.agency for quota in campaign.quotas if quota.group == group.code)
        chosen = ["--agency", agency, "--group", group.code, "--limit", "2"]
        said = CliRunner().invoke(main, ["print", str(folder), "--out", str(out), *chosen])
        assert said.exit_code == 0, said.output
        with (out / "sheets.csv").open(encoding="utf-8-sig", newline="") as file:
            printed = list(csv.DictReader(file))
        assert [row["number"] for row in printed] == [f"{agency}-{group.code}-00{number}" for number in (1, 2)]
        pdf = pypdfium2.PdfDocument(out / printed[0]["file"])
        assert len(pdf) == sum(int(row["pages"]) for row in printed)


def test_tra_vinh_gives_20_sheets_a_department_and_30_a_district() -> None:
    campaign = loaded("tra-vinh-2023")
    blocks = {agency.code: agency.block for agency in campaign.agencies}
    targets = {(blocks[quota.agency], quota.target) for quota in campaign.quotas if quota.group == "ND"}
    assert targets == {("SN", 20), ("HU", 30)}
    assert Counter(blocks.values())["HU"] == 9
    assert {quota.collector for quota in campaign.quotas if quota.group == "LD"} == {"HTCV"}
    assert campaign.settings.phases[-1].last == datetime.date(2023, 12, 4)


def test_binh_dinh_has_the_dates_of_the_plan_central_agencies_and_an_institute_that_hands_out() -> None:
    campaign = loaded("binh-dinh-2018")
    dates = {phase.code: (str(phase.first), str(phase.last)) for phase in campaign.settings.phases}
    assert dates["self"][1] == "2018-12-14"
    assert dates["collect"] == ("2019-01-01", "2019-01-31")
    assert dates["report"] == dates["appraise"] == ("2019-02-01", "2019-02-28")
    assert dates["publish"] == ("2019-03-01", "2019-03-31")
    assert {agency.block for agency in campaign.agencies} == {"SN", "TW", "HU"}
    assert {quota.collector for quota in campaign.quotas} == {"VNC"}


def test_dak_nong_has_the_eight_fields_and_four_kinds_of_agency() -> None:
    campaign = loaded("dak-nong-2018")
    fields = [criterion.code for criterion in campaign.criteria if not criterion.parent]
    assert fields == [f"LV{number}" for number in range(1, 9)]
    assert {agency.block for agency in campaign.agencies} == {"SN", "TW", "DV", "HU"}
    scales = {scale for asked in campaign.questionnaires.values() for scale in asked.scales}
    assert {"so-lan", "hai-long", "chat-luong"} <= scales


@pytest.mark.parametrize(("block", "counts"), [("SN", (10, 36, 51)), ("HU", (10, 29, 63))])
def test_the_index_of_quang_ninh_has_the_published_counts_and_100_points(
    block: str, counts: tuple[int, int, int]
) -> None:
    criteria = loaded("quang-ninh-2017").criteria
    levels = levels_of(criteria, block)
    assert (levels[0], levels[1], levels[2]) == counts
    assert levels.total() == sum(counts)
    fields = [criterion for criterion in criteria if criterion.block == block and not criterion.parent]
    assert sum(field.max_points for field in fields) == 100
    parents = {criterion.parent for criterion in criteria}
    leaves = [criterion for criterion in criteria if criterion.block == block and criterion.code not in parents]
    assert {leaf.source for leaf in leaves} == {"survey", "appraised", "external"}
    assert all(Counter(one.parent for one in criteria)[parent] != 1 for parent in parents)


@pytest.mark.parametrize(("block", "mean", "rise", "least"), [("SN", "85.69", "5.15", 82), ("HU", "85.24", "5.01", 81)])
def test_the_totals_of_quang_ninh_are_the_published_ones_or_said_to_be_made_up(
    block: str, mean: str, rise: str, least: int
) -> None:
    campaign = loaded("quang-ninh-2017")
    members = [agency.code for agency in campaign.agencies if agency.block == block]
    all_rows = [row for row in rows_of("quang-ninh-2017", "appraised") if row["agency"] in members]
    rows = {row["agency"]: row for row in all_rows if row["criterion"] == "TOTAL"}
    assert all(row["note"] == row["source"] == "minh họa" for row in all_rows if row["criterion"] != "TOTAL")
    totals = {agency: Decimal(row["appraised_points"]) for agency, row in rows.items()}
    assert sum(totals.values()) / len(members) == Decimal(mean)
    best = sorted(totals, key=totals.__getitem__, reverse=True)
    assert {agency: str(totals[agency]) for agency in best[:5]} == PUBLISHED[block]
    assert list(PUBLISHED[block]) == best[:5]
    assert all(least < total < 90 for total in totals.values())
    made_up = {agency for agency, row in rows.items() if row["note"] == row["source"] == "minh họa"}
    assert made_up == set(best[5:])
    before = {row["agency"]: Decimal(row["total"]) for row in rows_of("quang-ninh-2017", "previous")}
    assert Decimal(mean) - sum(before[agency] for agency in members) / len(members) == Decimal(rise)


def test_the_province_of_two_tiers_has_30_wards_22_communes_and_2_special_zones() -> None:
    campaign = loaded("hai-cap-2025")
    names = [agency.name for agency in campaign.agencies if agency.block == "XA"]
    assert Counter(name.split()[1] for name in names) == {"phường": 30, "xã": 22, "đặc": 2}
    assert len(set(names)) == 54
    assert rates_of("hai-cap-2025") == {
        "nguoi-dan": "agency",
        "doanh-nghiep": "agency",
        "danh-gia-so": "block:SN",
        "danh-gia-xa": "block:XA",
    }


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_the_body_that_runs_the_survey_is_named_where_it_is_rated(name: str) -> None:
    campaign = load_campaign(examples_folder() / name)
    rated = {agency.code: agency.name.casefold() for agency in campaign.agencies}
    assert rated[campaign.settings.accounts.runs] == campaign.settings.issuer.body.casefold()
