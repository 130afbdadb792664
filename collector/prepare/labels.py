"""Problems of campaign.yaml said of the fields of a form, by what the form calls them: no line, no key of the file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from collector.prepare.shelf import SETTINGS
from forms.errors import Problem
from forms.source import Path
from forms.words import reword
from forms.yaml_file import read_yaml


def name_fields(problems: Iterable[Problem], content: bytes, labels: Mapping[Path, str]) -> Iterator[Problem]:
    """The same problems; one of a field, found by the line and the key that it names, is said of the field's label.

    `content` is the file as it was checked. Where several fields share a line and none is named, it is the first.
    """
    file = read_yaml(content, SETTINGS)
    for problem in problems:
        there = [path for path in labels if path in file.lines and file.where(path) == problem.where]
        named = [path for path in there if f"“{file.shown(path)}”" in problem.what]
        if not there:
            yield problem
            continue
        path = (named or there)[0]
        what, fix = (reword(words, file.shown(path), labels[path]) for words in (problem.what, problem.fix))
        yield Problem(labels[path], what, fix)
