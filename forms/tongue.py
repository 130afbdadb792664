"""Words in a language that the catalogue does not hold: a campaign supplies them in words.km.yaml, key by key.

Nothing is translated here and nothing falls back to another language on paper: what is missing is named by the check.
"""

from __future__ import annotations

import string
from collections.abc import Iterator
from pathlib import Path

from forms.campaign import Settings
from forms.errors import Problem
from forms.words import catalogue, text
from forms.yaml_file import YamlFile, read_yaml

SUPPLIED = "km"
FILE = "words.km.yaml"
_PRINTED = ("sheet.", "promise.")
_ON_PHONE = ("sheet.", "promise.", "phone.")
# Of the words about matrix sheets, those that stand on them; the rest tell what is wrong with one.
_ON_MATRIX = tuple(f"matrix.{name}" for name in ("workplace", "agencies", "legend", "subset", "own_left_out"))
_ON_PHONE_MATRIX = (*_ON_MATRIX, "matrix.how")


def read_words(folder: Path, settings: Settings) -> YamlFile | None:
    """The file of supplied words; None where the campaign's languages ask for none."""
    if SUPPLIED not in settings.languages:
        return None
    path = folder / FILE
    return read_yaml(path.read_bytes(), FILE) if path.is_file() else YamlFile(FILE)


def words_of(file: YamlFile | None) -> tuple[tuple[str, str], ...]:
    """Key and sentence of everything supplied, in the order of keys."""
    entries = file.data.items() if file is not None and isinstance(file.data, dict) else ()
    return tuple(sorted((key, said) for key, said in entries if isinstance(said, str) and said))


def check_words(settings: Settings, file: YamlFile, has_matrix: bool) -> Iterator[Problem]:
    """Every key that is missing, unknown, or has other fields than the catalogue's sentence.

    `has_matrix`: whether a questionnaire rates the agencies of a block.
    """
    given = dict(words_of(file))
    for key in _needed(settings, has_matrix):
        if key not in given:
            what = text("problem.words_missing", key=key, said=catalogue()[key]["vi"])
            yield Problem(FILE, what, text("problem.words_missing_fix", key=key))
    for key, said in given.items():
        where = file.where((key,))
        if key not in catalogue():
            yield Problem(where, text("problem.words_unknown", key=key), text("problem.words_unknown_fix"))
        elif _fields(said) != _fields(catalogue()[key]["vi"]):
            fix = text("problem.words_fields_fix", fields=" ".join(sorted(_fields(catalogue()[key]["vi"]))))
            yield Problem(where, text("problem.words_fields", key=key), fix)


def _needed(settings: Settings, has_matrix: bool) -> list[str]:
    is_printed, is_on_phone = settings.languages[0] == SUPPLIED, settings.public_address is not None
    topics: tuple[str, ...] = _ON_PHONE if is_on_phone else _PRINTED if is_printed else ()
    if has_matrix and topics:
        topics += _ON_PHONE_MATRIX if is_on_phone else _ON_MATRIX
    names = "phone.language_"  # of languages, each in its own: nobody has to read another one to find theirs
    return [key for key in catalogue() if key.startswith(topics) and not key.startswith(names)] if topics else []


def _fields(said: str) -> set[str]:
    try:
        return {"{" + name + "}" for _, name, _, _ in string.Formatter().parse(said) if name is not None}
    except ValueError:  # a brace that is not closed
        return {said}
