"""Sentences that wait for their reader: kept by their key, put into words in the language of whoever reads."""

from __future__ import annotations

import json
import pickle
from collections.abc import Iterator

import pytest

from forms.errors import Problem
from forms.words import keep_words, reword, say_again, say_kept, speak_in, text

CELL = {"file": "answers.xlsx", "cell": "C14"}


@pytest.fixture(autouse=True)
def plain() -> Iterator[None]:
    yield
    speak_in(None)


def test_a_problem_found_in_one_language_is_read_in_another() -> None:
    found = Problem(text("problem.cell", **CELL), text("import.own", agency="SNV"), text("import.own_fix"))
    kept = json.loads(json.dumps(found.keep()))
    assert Problem.read(kept) == found
    speak_in("en")
    read = Problem.read(kept)
    assert read.where == "answers.xlsx, cell C14"
    assert (read.what, read.fix) == (text("import.own", "en", agency="SNV"), text("import.own_fix", "en"))


def test_a_sentence_within_a_sentence_is_read_anew_too() -> None:
    said = text("recipients.twin_phone", other=text("recipients.stored"))
    speak_in("en")
    assert say_again(said) == text("recipients.twin_phone", "en", other=text("recipients.stored", "en"))


def test_counts_and_words_that_nobody_translates_come_back_as_they_were() -> None:
    said = text("scan.known_file_unread", file="hộp 3.pdf", unread=1)
    speak_in("en")
    assert say_again(said) == text("scan.known_file_unread", "en", file="hộp 3.pdf", unread=1)
    assert say_again("Lê Thị Hoa") == "Lê Thị Hoa"
    assert say_kept(keep_words(None)) == "None"


def test_a_file_renamed_in_a_sentence_leaves_it_a_sentence() -> None:
    named = reword(text("problem.cell", **CELL), "answers.xlsx", "Nhập tay.xlsx")
    assert named == "Nhập tay.xlsx, ô C14"
    speak_in("en")
    assert say_again(named) == "Nhập tay.xlsx, cell C14"
    assert reword("answers.xlsx:3", "answers.xlsx", "b.xlsx") == "b.xlsx:3"


def test_a_sentence_that_comes_from_another_process_is_still_one() -> None:
    there = pickle.loads(pickle.dumps(text("import.own_fix")))
    speak_in("en")
    assert say_again(there) == text("import.own_fix", "en")
