from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from forms.campaign import Settings
from forms.models import load_model
from forms.questionnaire import Questionnaire
from forms.yaml_file import YamlFile, read_yaml

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "quang-ninh-2013"
ASKED = read_yaml((EXAMPLE / "questionnaires" / "nguoi-dan.yaml").read_bytes(), "x.yaml").data
SETTINGS = read_yaml((EXAMPLE / "campaign.yaml").read_bytes(), "campaign.yaml").data
JUNK = st.recursive(
    st.none() | st.sampled_from(["", "x", "-1", "2013", "true", "TC1", "q1 in [0]"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["code", "x", "if"]), inner, max_size=2)
    ),
    max_leaves=4,
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every path into nested values, the whole left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    below = [place for key, child in inside for place in places(child, (*path, key))]
    return ([path] if path else []) + below


def spoil(data: st.DataObject, values: Any, times: int) -> Any:
    values = copy.deepcopy(values)
    for _ in range(times):
        *way, last = data.draw(st.sampled_from(places(values)))
        parent = values
        for key in way:
            parent = parent[key]
        if data.draw(st.booleans()):
            parent[last] = data.draw(JUNK)
        else:
            del parent[last]
        if not places(values):
            break
    return values


@given(st.data(), st.integers(1, 4))
def test_whatever_is_wrong_is_said_and_nothing_else_breaks(data: st.DataObject, times: int) -> None:
    for model, values in ((Questionnaire, ASKED), (Settings, SETTINGS)):
        file = YamlFile("x.yaml", spoil(data, values, times))
        made = load_model(model, file)
        assert file.problems or made is not None
        assert bool(file.mended) <= bool(file.problems)


def test_what_stands_beside_a_wrong_value_is_kept() -> None:
    values = copy.deepcopy(ASKED)
    values["sections"][1]["questions"][0] |= {"kind": "single", "criterion": "TC99"}
    file = YamlFile("x.yaml", values)
    made = load_model(Questionnaire, file)
    assert made is not None
    assert len(file.problems) == 1
    assert made.get_question("q2").criterion == "TC99"
    assert len(list(made.questions())) == len([one for part in ASKED["sections"] for one in part["questions"]])


def test_a_section_that_is_none_takes_nothing_with_it() -> None:
    values = copy.deepcopy(ASKED)
    values["sections"][2] = {"x": None, "code": None}
    file = YamlFile("x.yaml", values)
    made = load_model(Questionnaire, file)
    assert made is not None
    assert made.sections[3].title == ASKED["sections"][3]["title"]
    assert len(file.problems) == 4
