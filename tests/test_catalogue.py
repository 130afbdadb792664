"""The catalogue of words: both languages with the same fields, every key asked for exists, every entry is used.

How a key may stand in the sources: whole ("quota.title"), or as an f-string (in a template: TOPIC.name ~ value) that
begins with its topic and a dot (f"reading.reason_{reason}"). An entry counts as used when a whole key names it, or when
such a pattern fits it and what fills the gaps is itself said by the sources: a literal, a name, or another pattern
filled with those. Kinds of errors that pydantic names count as said.
"""

from __future__ import annotations

import ast
import re
import string
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import get_args

import jinja2
import pytest
import yaml
from jinja2 import nodes
from pydantic_core.core_schema import ErrorType

from forms.words import _FILLING, LANGUAGES, catalogue, text

ROOT = Path(__file__).parents[1]
ROOMS = ("forms", "ocr", "aggregation", "collector", "docs")
WORDS_IN_TEMPLATES = {"t", "text"}
# The one in C where it was built: ten times quicker
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
GAP = "\0"
ON_SCREEN = ("vi_screen", "en_screen")
AT_SCREENS = re.compile(r"(recheck|freeze|sign)\.|problem\.(petition|edition)_")


@dataclass(frozen=True)
class Question:
    """A call that asks the catalogue: its keys or patterns, and the fields it gives unless those are unknown."""

    where: str
    keys: tuple[str, ...]
    fields: frozenset[str] | None


@dataclass
class Said:
    """What the sources say: words, patterns with gaps, and the calls that ask the catalogue."""

    words: set[str] = field(default_factory=set)
    patterns: set[str] = field(default_factory=set)
    asked: list[Question] = field(default_factory=list)


def fields_of(sentence: str) -> set[str]:
    """The names in braces."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name is not None}


def pattern_of(node: ast.AST) -> str | None:
    """A literal, or an f-string with every expression as a gap."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else GAP for part in node.values)
    return None


def regex_of(pattern: str) -> re.Pattern[str]:
    """The entries that a pattern can name."""
    return re.compile(r"(\w+)".join(re.escape(part) for part in pattern.split(GAP)))


def read_python(source: str, where: str, said: Said) -> None:
    """Add what a Python file says."""
    tree = list(ast.walk(ast.parse(source)))
    askers = {
        alias.asname or alias.name
        for node in tree
        if isinstance(node, ast.ImportFrom) and node.module == "forms.words"
        for alias in node.names
        if alias.name == "text"
    }
    for node in tree:
        said.words.update(str(getattr(node, name)) for name in ("id", "arg", "attr", "name") if name in node._fields)
        pattern = pattern_of(node)
        if pattern is not None:
            (said.patterns if GAP in pattern else said.words).add(pattern)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in askers and node.args:
            names = {keyword.arg for keyword in node.keywords}
            fields = None if None in names else frozenset(name for name in names if name) - {"lang"}
            keys = tuple(key for part in branches(node.args[0]) if (key := pattern_of(part)))
            said.asked.append(Question(f"{where}:{node.lineno}", keys, fields))


def branches(node: ast.expr) -> Iterator[ast.expr]:
    """The expressions that a conditional expression can give."""
    if isinstance(node, ast.IfExp):
        yield from branches(node.body)
        yield from branches(node.orelse)
    else:
        yield node


def template_pattern(node: nodes.Node) -> str | None:
    """A literal of a template, or a ~ b with everything else as a gap."""
    if isinstance(node, nodes.Const):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, nodes.Concat):
        return "".join(part.value if isinstance(part, nodes.Const) else GAP for part in node.nodes)
    return None


def read_template(source: str, where: str, said: Said) -> None:
    """Add what a Jinja template says."""
    tree = jinja2.Environment().parse(source)
    for node in tree.find_all((nodes.Const, nodes.Concat, nodes.Getattr, nodes.Name)):
        said.words.add(str(getattr(node, "attr", getattr(node, "name", ""))))
        pattern = template_pattern(node)
        if pattern is not None:
            (said.patterns if GAP in pattern else said.words).add(pattern)
    for call in tree.find_all(nodes.Call):
        if isinstance(call.node, nodes.Name) and call.node.name in WORDS_IN_TEMPLATES and call.args:
            key = template_pattern(call.args[0])
            fields = None if call.dyn_kwargs else frozenset(keyword.key for keyword in call.kwargs) - {"lang"}
            said.asked.append(Question(f"{where}:{call.lineno}", (key,) if key else (), fields))


@cache
def sources() -> Said:
    """What every Python file and template of ours says."""
    said = Said()
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            read_python(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), said)
        for path in sorted((ROOT / room).rglob("templates/**/*.*")):
            read_template(path.read_text(encoding="utf-8"), str(path.relative_to(ROOT)), said)
    return said


def written_keys() -> list[str]:
    """Every key as it stands in the topic files, those that stand twice included."""
    files = sorted((ROOT / "forms" / "catalogue").glob("*.yaml"))
    topics = [(file.stem, yaml.compose(file.read_text(encoding="utf-8"), LOADER)) for file in files]
    return [f"{topic}.{name.value}" for topic, node in topics if node is not None for name, _ in node.value]


def test_no_name_stands_twice_in_a_topic() -> None:
    keys = written_keys()
    assert set(keys) == set(catalogue())
    assert sorted({key for key in keys if keys.count(key) > 1}) == []


def test_every_entry_is_in_both_languages() -> None:
    kinds = (set(LANGUAGES), {*LANGUAGES, *ON_SCREEN})
    assert [key for key, said in catalogue().items() if set(said) not in kinds] == []
    assert [key for key, said in catalogue().items() if not all(str(one).strip() for one in said.values())] == []


def test_every_entry_has_the_same_fields_in_both_languages() -> None:
    assert [key for key, said in catalogue().items() if fields_of(said["vi"]) != fields_of(said["en"])] == []
    on_screen = {key: said for key, said in catalogue().items() if ON_SCREEN[0] in said}
    assert [key for key, said in on_screen.items() if not fields_of(said["vi_screen"]) <= fields_of(said["vi"])] == []
    gaps = {key: [fields_of(said[name]) for name in ON_SCREEN] for key, said in on_screen.items()}
    assert [key for key, (vi, en) in gaps.items() if vi != en] == []


def test_what_a_screen_says_to_do_names_no_command() -> None:
    """Of the topics whose work is done at the screen too; an entry's own words are for the terminal."""
    advice = {key: said for key, said in catalogue().items() if AT_SCREENS.match(key) and key.endswith("_fix")}
    assert len(advice) > 60
    shown = {(key, lang): said.get(f"{lang}_screen", said[lang]) for key, said in advice.items() for lang in LANGUAGES}
    assert [key for key, words in shown.items() if re.search(r"\bphieu [a-z]|(^|\s)--[a-z]", words)] == []


def test_every_entry_is_composed_unicode() -> None:
    sentences = ((key, sentence) for key, said in catalogue().items() for sentence in said.values())
    assert [key for key, sentence in sentences if not unicodedata.is_normalized("NFC", sentence)] == []


def test_every_key_that_is_asked_for_exists() -> None:
    missing = []
    for question in sources().asked:
        for key in question.keys:
            if not re.match(r"[a-z]\w*\.", key):
                missing.append(f"{question.where}: {key.replace(GAP, '{..}')} must begin with its topic and a dot")
            elif key not in catalogue() and not any(map(regex_of(key).fullmatch, catalogue() if GAP in key else ())):
                missing.append(f"{question.where}: {key.replace(GAP, '{..}')}")
    assert missing == [], "\n".join(missing)


def test_every_sentence_gets_the_fields_it_has() -> None:
    wrong = []
    for question in sources().asked:
        if question.fields is not None and all(key in catalogue() for key in question.keys) and question.keys:
            wanted = [fields_of(catalogue()[key]["vi"]) for key in question.keys]
            if set().union(*wanted) != question.fields:
                wrong.append(f"{question.where}: {question.keys} want {wanted}, are given {set(question.fields)}")
    assert wrong == [], "\n".join(wrong)


def test_every_entry_is_used() -> None:
    said = sources()
    words = said.words | set(get_args(ErrorType))
    patterns = [regex_of(pattern) for pattern in said.patterns if len(pattern.replace(GAP, "")) > 2]

    def fills(pattern: re.Pattern[str], name: str, known: Callable[[str], bool]) -> bool:
        fit = pattern.fullmatch(name)
        return fit is not None and all(known(gap) for gap in fit.groups())

    def is_said(word: str) -> bool:
        return word in words or any(fills(pattern, word, words.__contains__) for pattern in patterns)

    unused = [key for key in catalogue() if not is_said(key) and not any(fills(p, key, is_said) for p in patterns)]
    assert unused == [], "\n".join(unused)


@pytest.mark.parametrize(
    ("source", "asked"),
    [
        ('text("quota.title")', [("quota.title", set())]),
        ('text("quota.left", lang, count=3)', [("quota.left", {"count"})]),
        ('text(f"reading.reason_{reason}", **fields)', [(f"reading.reason_{GAP}", None)]),
        ('text("quota.yes" if done else "quota.no")', [("quota.yes", set()), ("quota.no", set())]),
    ],
)
def test_a_question_to_the_catalogue_is_found(source: str, asked: list[tuple[str, set[str] | None]]) -> None:
    said = Said()
    read_python(f"from forms.words import text\n{source}\n", "imagined.py", said)
    assert [(key, question.fields) for question in said.asked for key in question.keys] == asked


def test_a_question_in_a_template_is_found() -> None:
    said = Said()
    read_template("{{ t('phone.sheet', number=1) }}{{ t('phone.state_' ~ state) }}", "imagined.html", said)
    assert sorted(key for question in said.asked for key in question.keys) == ["phone.sheet", f"phone.state_{GAP}"]


# After a name or a number that counts nothing these are no plurals.
NO_PLURALS = re.compile(
    r"\b(is|has|was|does|this|as|its|stands|holds|needs|asks|waits|takes|lacks|begins|belongs|refuses|settles|invites|"
    r"names|counts|says|differs|answers|stays|with)\b"
)
BY_A_SCRIPT = {"phone.done", "phone.done_rows", "phone.later"}  # the phone's own script fills these in


def test_a_count_of_one_is_followed_by_one_thing() -> None:
    """What counts says its thing twice, "{n:sheet|sheets}"; the whole catalogue is read with 1 in every field."""
    wrong = []
    for key, entry in catalogue().items():
        for lang in ("en", "en_screen"):
            sentence = entry.get(lang, "")
            filled = _FILLING.vformat(sentence, (), dict.fromkeys(fields_of(sentence), 1))
            plural = re.search(r"(?<![\w.,/-])1 (?:[a-z]+ )?([a-z]+(?<!s)s|people|PDFs)\b", filled)
            if plural and key not in BY_A_SCRIPT and not NO_PLURALS.search(plural[0]):
                wrong.append(f"{key}: {plural[0]}")
    assert wrong == []


def test_a_word_follows_its_count_in_both_forms() -> None:
    assert text("log.found", "en", count=1) == "1 line"
    assert text("log.found", "en", count="1") == "1 line"
    assert text("log.found", "en", count="1,001") == "1,001 lines"
    assert "1 sheet over quota is kept" in text("report.note_over_quota", "en", n=1)
