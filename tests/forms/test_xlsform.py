from __future__ import annotations

import io
from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from forms.checkup import check_folder
from forms.errors import InputWrong
from forms.models import load_model
from forms.questionnaire import Level, Question, Questionnaire, Section, Skip
from forms.xlsform import XlsForm, read_xlsform
from forms.xlsform_dump import dump_xlsform

SURVEY = ("type", "name", "label", "hint", "relevant", "constraint", "criterion", "appearance", "default", "required")
CHOICES = ("list_name", "name", "label", "percent")
LIKED: list[tuple[str | float, ...]] = [("liked", "1", "Hài lòng", 100), ("liked", 0.0, "Không", 0)]


def workbook(
    survey: Sequence[Sequence[str | float]],
    choices: Sequence[Sequence[str | float]] = LIKED,
    heads: tuple[Sequence[str], Sequence[str]] = (SURVEY, CHOICES),
    settings: Sequence[Sequence[str]] = (("form_title", "form_id"), ("Phiếu", "thu")),
) -> bytes:
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        for name, rows in (("survey", [heads[0], *survey]), ("choices", [heads[1], *choices]), ("settings", settings)):
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return content.getvalue()


def read(content: bytes) -> tuple[XlsForm, Questionnaire | None]:
    form = read_xlsform(content, "questionnaires/thu.xlsx")
    return form, load_model(Questionnaire, form)


def cells_of(content: bytes) -> list[str]:
    form, _ = read(content)
    assert all(problem.fix for problem in form.problems)
    return [problem.where.removeprefix("questionnaires/thu.xlsx, ô ") for problem in form.problems]


BEGIN, END = ("begin_group", "g", "Phần một"), ("end_group",)


def test_a_form_of_the_survey_world_becomes_a_questionnaire() -> None:
    rows = [
        ("note", "n", "Xin ông bà cho biết ý kiến."),
        ("begin group", "a", "Phần một"),
        ("select_one liked", "q1", "Có hài lòng?", "chọn một"),
        ("select_multiple liked or_other", "q2", "Vì sao?", "", "${q1} != '0'"),
        ("integer", "q3", "Mấy lần?", "", "${q1} = '1'", ". >= 0 and . <= 99"),
        ("end group",),
        ("begin_group", "b", "Phần hai"),
        ("text", "q4", "Góp ý"),
        ("end_group",),
    ]
    form, asked = read(workbook(rows))
    assert form.problems == []
    assert asked is not None
    assert (asked.code, asked.title, asked.intro) == ("thu", "Phiếu", "Xin ông bà cho biết ý kiến.")
    assert [section.title for section in asked.sections] == ["Phần một", "Phần hai"]
    q1, q2, q3, q4 = asked.questions()
    assert (q1.kind, q1.scale, q1.text) == ("one", "liked", "Có hài lòng? (chọn một)")
    assert q1.skip == Skip(condition="q1 in [0]", to="q4")
    assert q2.kind == "many"
    assert [(level.code, level.specify) for level in q2.options or ()] == [("1", False), ("0", False), ("other", True)]
    assert (q3.kind, q3.digits, q4.kind) == ("number", 2, "text")
    assert asked.scales["liked"][0].percent == 100


def test_a_groups_condition_holds_for_all_its_questions() -> None:
    rows = [
        BEGIN,
        ("select_one liked", "q1", "A"),
        END,
        ("begin_group", "b", "Phần hai", "", "not(selected(${q1}, '0'))"),
        ("text", "q2", "B"),
        ("text", "q3", "C"),
        END,
        ("begin_group", "c", "Phần ba"),
        ("text", "q4", "D"),
        END,
    ]
    _, asked = read(workbook(rows))
    assert asked is not None
    assert asked.get_question("q1").skip == Skip(condition="q1 in [0]", to="q4")


@pytest.mark.parametrize(
    ("rows", "cells"),
    [
        ([BEGIN, ("geopoint", "q1", "Ở đâu"), ("text", "q2", "B"), END], ["survey!A3"]),
        ([BEGIN, ("begin_repeat", "r", "R"), ("text", "q2", "B"), ("end_repeat",), END], ["survey!A3"]),
        ([("start", "start"), BEGIN, ("calculate", "c"), ("text", "q2", "B"), END], ["survey!A2", "survey!A4"]),
        ([BEGIN, ("select_one_from_file a.csv", "q1", "A"), ("text", "q2", "B"), END], ["survey!A3"]),
        ([BEGIN, ("text", "q1", "Chào ${name}"), ("text", "q2", "**B**"), END], ["survey!C3", "survey!C4"]),
        ([BEGIN, ("text", "q1", "A"), ("note", "n", "N"), END], ["survey!A4"]),
        ([("text", "q1", "A"), ("text", "q2", "B")], ["survey!A2"]),
        ([BEGIN, ("text", "q1", "A"), BEGIN, ("text", "q2", "B"), END, END], ["survey!A4", "survey!A7"]),
        ([BEGIN, ("text", "q1", "A")], ["survey!A2"]),
        ([BEGIN, ("select_one gone", "q1", "A"), END], ["survey!A3"]),
        ([BEGIN, ("integer", "q1", "A", "", "", ". < 5"), END], ["survey!F3"]),
        ([BEGIN, ("text", "q1", "A", "", "", "", "", "", "x"), END], ["survey!I3"]),
        ([BEGIN, ("select_one liked", "q1", "A"), ("text", "q2", "B", "", "${q1} = '0'"), END], ["survey!E4"]),
        ([BEGIN, ("text", "q1", "A", "", "${q9} = '0'"), END], ["survey!E3"]),
        ([BEGIN, ("text", "q1", "A"), ("text", "q2", "B", "", "1 < 2"), END], ["survey!E4"]),
        ([BEGIN, ("", "q1", "A"), ("text", "", "B"), ("text", "q3", ""), END], ["survey!A3", "survey!B4", "survey!C5"]),
        ([BEGIN, ("select_one liked", "q1", "A", "", "", "", "", "label"), ("text", "q2", "B"), END], ["survey!H3"]),
    ],
)  # fmt: skip
def test_what_paper_cannot_carry_is_named_with_its_cell(rows: list[tuple[str, ...]], cells: list[str]) -> None:
    assert cells_of(workbook(rows)) == cells


def test_wrong_columns_and_levels_are_named_with_their_cells() -> None:
    rows = [BEGIN, ("select_one liked", "q1", "A"), END]
    assert cells_of(workbook(rows, heads=(("type", "name", "lable"), CHOICES)))[0] == "survey!A1"
    choices = [("liked", "a b", "A", 120), ("liked", "c", "", "x")]
    assert cells_of(workbook(rows, choices)) == ["choices!B2", "choices!D2", "choices!C3", "choices!D3"]
    media = [("liked", "1", "A", 0, "a.png"), ("liked", "2", "B", 0, "")]
    assert cells_of(workbook(rows, media, (SURVEY, (*CHOICES, "media::image")))) == ["choices!E2"]
    odd = [("liked", "1", "A", 0, "x"), ("liked", "2", "B", 0, "")]
    assert cells_of(workbook(rows, odd, (SURVEY, (*CHOICES, "district")))) == ["choices!E1"]


def test_what_is_no_workbook_or_has_no_survey_is_one_clear_line() -> None:
    assert [problem.where for problem in read(b"PK")[0].problems] == ["questionnaires/thu.xlsx"]
    content = io.BytesIO()
    with xlsxwriter.Workbook(content) as book:
        book.add_worksheet("Sheet1")
    assert [problem.where for problem in read(content.getvalue())[0].problems] == ["questionnaires/thu.xlsx"]


LANGUAGES = ("type", "name", "label::English (en)", "label::Tiếng Việt (vi)")


@pytest.mark.parametrize(
    ("default", "text", "wrong"),
    [("", "Hai", 0), ("English (en)", "One", 0), ("English", "One", 0), ("vi", "Hai", 0), ("Khmer (km)", "One", 1)],
)
def test_one_language_is_printed_and_the_other_is_told(default: str, text: str, wrong: int) -> None:
    rows = [("begin_group", "g", "G", "N"), ("text", "q1", "One", "Hai"), END]
    settings = (("form_title", "default_language"), ("Phiếu", default))
    form, asked = read(workbook(rows, [], (LANGUAGES, CHOICES), settings))
    assert asked is not None
    assert (asked.get_question("q1").text, len(form.problems)) == (text, wrong)
    assert len(form.notices) == 1


def test_required_is_told_once_and_is_no_problem(folder: Path) -> None:
    content = workbook([BEGIN, *[("text", f"q{n}", "A", "", "", "", "", "", "", "yes") for n in range(9)], END])
    (folder / "questionnaires" / "thu.xlsx").write_bytes(content)
    assert [notice.where for notice in check_folder(folder).notices if "required" in notice.what] == [
        "questionnaires/thu.xlsx, ô survey!J3"
    ]


def test_references_and_letters_of_a_workbook_are_checked_by_cell(folder: Path) -> None:
    rows = [BEGIN, ("select_one liked", "q1", "水", "", "", "", "TC99"), ("text", "q1", "B"), END]
    (folder / "questionnaires" / "thu.xlsx").write_bytes(workbook(rows))
    with pytest.raises(InputWrong) as wrong:
        check_folder(folder)
    cells = sorted(problem.where.removeprefix("questionnaires/thu.xlsx, ô ") for problem in wrong.value.problems)
    assert cells == ["survey!B4", "survey!C3", "survey!G3"]


WORDS = st.text("aăâđêôơưáàảãạ BĐK0123456789=+-@,;:.!?'\"()", min_size=1, max_size=30).map(
    lambda said: " ".join(said.split())
).filter(bool)  # fmt: skip
CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_-]{0,7}", fullmatch=True)
PERCENTS = st.none() | st.decimals(0, 100, places=2, allow_nan=False)
LEVELS = st.lists(
    st.builds(Level, code=CODES, label=WORDS | st.just("Khác (ghi rõ)"), percent=PERCENTS, specify=st.booleans()),
    min_size=2, max_size=5, unique_by=lambda level: level.code,
).map(tuple)  # fmt: skip


@st.composite
def questionnaires(draw: st.DrawFn) -> Questionnaire:
    scales = draw(st.dictionaries(st.from_regex(r"s-[a-z]{1,6}", fullmatch=True), LEVELS, max_size=3))
    codes = draw(st.lists(CODES, min_size=1, max_size=8, unique=True))
    levels: dict[str, tuple[Level, ...]] = {}
    conditions: set[str] = set()
    questions = []
    for place, code in enumerate(codes):
        kind = draw(st.sampled_from(("one", "many", "number", "text")))
        fields: dict[str, object] = {"code": code, "text": draw(WORDS), "kind": kind}
        if kind in ("one", "many"):
            scale = draw(st.sampled_from([None, *scales]))
            fields |= {"scale": scale} if scale else {"options": draw(LEVELS)}
            levels[code] = scales[scale] if scale else fields["options"]  # type: ignore[assignment]
        fields |= {"weight": draw(st.sampled_from([Decimal(1), Decimal("0.5"), Decimal(3)]))}
        fields |= {
            "criterion": draw(st.none() | CODES),
            "digits": draw(st.integers(1, 9)),
            "lines": draw(st.integers(1, 20)),
        }
        if levels and place + 2 < len(codes) and draw(st.booleans()):
            decider = draw(st.sampled_from(sorted(levels)))
            option = draw(st.sampled_from(levels[decider])).code
            condition = f"{decider} in [{option}]"
            # Two skips on one answer that meet are one skip; an XLSForm cannot tell them apart
            if condition not in conditions:
                conditions.add(condition)
                fields["skip"] = Skip(condition=condition, to=draw(st.sampled_from(codes[place + 2 :])))
        questions.append(Question(**fields))
    cut = draw(st.integers(1, len(questions)))
    parts = [part for part in (questions[:cut], questions[cut:]) if part]
    return Questionnaire(
        code=draw(CODES), title=draw(WORDS), intro=draw(st.just("") | WORDS), scales=scales,
        rates=draw(st.sampled_from(["agency", "block:SN"])),
        sections=tuple(Section(title=draw(WORDS), questions=tuple(part)) for part in parts),
    )  # fmt: skip


@given(questionnaires())
def test_a_questionnaire_survives_the_way_through_a_workbook(asked: Questionnaire) -> None:
    content = dump_xlsform(asked)
    form = read_xlsform(content, "questionnaires/x.xlsx")
    assert (load_model(Questionnaire, form), form.problems) == (asked, [])
    assert dump_xlsform(asked) == content


def test_the_examples_questionnaires_survive_it_too(folder: Path) -> None:
    campaign = check_folder(folder)
    for path in (folder / "questionnaires").glob("*.yaml"):
        path.with_suffix(".xlsx").write_bytes(dump_xlsform(campaign.questionnaires[path.stem]))
        path.unlink()
    assert check_folder(folder) == campaign
