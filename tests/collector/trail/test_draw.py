"""What is told of a drawn sheet."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from collector.trail.draw import _say_in_words
from collector.trail.loading import Said


def test_answers_are_told_in_the_order_of_the_paper_and_not_of_the_criteria() -> None:
    trail: Any = SimpleNamespace(find_number=lambda _, question: {"q9": 12, "q4": 4, "q2": 2}[question])
    said = {"q9": Said(("5",), "clear"), "q4": Said((), "blank"), "q2": Said(("1", "3"), "clear")}
    one: Any = SimpleNamespace(sheet=SimpleNamespace(layout="L1"), said=said)
    labels = {("CD q9", "5"): "Tốt", ("CD q2", "1"): "Kém", ("CD q2", "3"): "Khá"}
    told = _say_in_words(trail, one, [("CD", "q9"), ("CD", "q4"), ("CD", "q2")], labels)
    assert told == "Câu 2: Kém Khá; Câu 4: -; Câu 12: Tốt"
