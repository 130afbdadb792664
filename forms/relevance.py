"""XLSForm's `relevant` expressions, as far as a skip printed on paper can say the same.

What a printed skip can say: whoever chose one of these options of an earlier question does not answer this one. Knows
no file and no cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Literal

_TOKEN = re.compile(
    r"""\s*(?:\$\{\s*(?P<question>[^}]+?)\s*\}|'(?P<single>[^']*)'|"(?P<double>[^"]*)"|(?P<sign>!=|=|\(|\)|,)"""
    r"""|(?P<word>[A-Za-z][\w-]*)|(?P<number>\d+))"""
)
_CURLY = {ord(curly): plain for curly, plain in zip("\u2018\u2019\u201c\u201d", "''\"\"", strict=True)}
_MOST_OPTIONS_TOGETHER = 3

Term = tuple[str, str]  # question, option: whoever chose it does not answer


class Unfit(ValueError):
    """An expression that no printed skip says; `reason` is unclear, question (not known before) or option."""

    def __init__(self, reason: Literal["unclear", "question", "option"], code: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True)
class Asked:
    """What an expression may refer to: the options of an earlier question in their order, and whether many fit."""

    options: tuple[str, ...]
    many: bool


@dataclass(frozen=True)
class _Node:
    sign: Literal["has", "is", "not", "and", "or"]
    parts: tuple[_Node, ...] = ()
    question: str = ""
    option: str = ""

    def holds(self, chosen: frozenset[str]) -> bool:
        if self.sign in ("has", "is"):
            return self.option in chosen
        if self.sign == "not":
            return not self.parts[0].holds(chosen)
        return (all if self.sign == "and" else any)(part.holds(chosen) for part in self.parts)

    def leaves(self) -> Iterator[_Node]:
        if not self.parts:
            yield self
        for part in self.parts:
            yield from part.leaves()


def read_relevant(expression: str, asked: Mapping[str, Asked]) -> set[Term]:
    """The (question, option) pairs that send a respondent past; Unfit where a printed skip cannot say it."""
    node = _Parser(list(_tokens(expression.translate(_CURLY)))).whole()
    terms: set[Term] = set()
    for part in node.parts if node.sign == "and" else (node,):
        questions = {leaf.question for leaf in part.leaves()}
        for leaf in part.leaves():
            _check_leaf(leaf, asked)
        if len(questions) != 1:
            raise Unfit("unclear")
        question = questions.pop()
        terms |= {(question, option) for option in _sent_past(part, asked[question])}
    return terms


def write_relevant(terms: Iterable[tuple[str, Iterable[str]]]) -> str:
    """The expression for questions and the options of each that send a respondent past."""
    return " and ".join(
        f"not({' or '.join(f'selected(${{{question}}}, {option!r})' for option in options)})"
        for question, options in terms
    )


def _check_leaf(leaf: _Node, asked: Mapping[str, Asked]) -> None:
    if leaf.question not in asked:
        raise Unfit("question", leaf.question)
    if leaf.option not in asked[leaf.question].options:
        raise Unfit("option", leaf.option)
    if leaf.sign == "is" and asked[leaf.question].many:
        raise Unfit("unclear")


def _sent_past(node: _Node, asked: Asked) -> list[str]:
    past = [option for option in asked.options if not node.holds(frozenset([option]))]
    for size in range(2, min(len(asked.options), _MOST_OPTIONS_TOGETHER) + 1) if asked.many else ():
        for chosen in combinations(asked.options, size):
            if node.holds(frozenset(chosen)) == bool(set(chosen) & set(past)):
                raise Unfit("unclear")
    if not past or len(past) == len(asked.options):
        raise Unfit("unclear")
    return past


def _tokens(expression: str) -> Iterator[tuple[str, str]]:
    place = 0
    while expression[place:].strip():
        match = _TOKEN.match(expression, place)
        if match is None:
            raise Unfit("unclear")
        kind = match.lastgroup or ""
        yield ("text", match[kind]) if kind in ("single", "double", "number") else (kind, match[kind])
        place = match.end()


class _Parser:
    """or < and < not(..), (..), selected(${q}, 'x'), ${q} = 'x', ${q} != 'x'."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens

    def whole(self) -> _Node:
        node = self._any()
        if self._tokens:
            raise Unfit("unclear")
        return node

    def _any(self) -> _Node:
        parts = [self._all()]
        while self._take_if("word", "or"):
            parts.append(self._all())
        return parts[0] if len(parts) == 1 else _Node("or", tuple(parts))

    def _all(self) -> _Node:
        parts = [self._one()]
        while self._take_if("word", "and"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else _Node("and", tuple(parts))

    def _one(self) -> _Node:
        if self._take_if("word", "not"):
            return _Node("not", (self._bracket(),))
        if self._tokens[:1] == [("sign", "(")]:
            return self._bracket()
        if self._take_if("word", "selected"):
            self._take("sign", "(")
            question = self._take("question")
            self._take("sign", ",")
            node = _Node("has", (), question, self._take("text"))
            self._take("sign", ")")
            return node
        question, sign = self._take("question"), self._take("sign")
        node = _Node("is", (), question, self._take("text"))
        if sign not in ("=", "!="):
            raise Unfit("unclear")
        return node if sign == "=" else _Node("not", (node,))

    def _bracket(self) -> _Node:
        self._take("sign", "(")
        node = self._any()
        self._take("sign", ")")
        return node

    def _take_if(self, kind: str, value: str) -> bool:
        found = self._tokens[:1] == [(kind, value)]
        if found:
            del self._tokens[0]
        return found

    def _take(self, kind: str, value: str | None = None) -> str:
        if not self._tokens or self._tokens[0][0] != kind or value not in (None, self._tokens[0][1]):
            raise Unfit("unclear")
        return self._tokens.pop(0)[1]
