"""The one catalogue of words people read: forms/catalogue/*.yaml, Vietnamese first, English second.

A key is FILE.NAME, as in text("quota.title"); every entry holds both languages with the same fields. One that names a
command may say beside it what to click instead, as `vi_screen` and `en_screen`: a person before a screen reads those.
"""

from __future__ import annotations

import os
import string
from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

LANGUAGES = ("vi", "en")
_AT_SCREEN: ContextVar[bool] = ContextVar("at_screen", default=False)
_SPOKEN: ContextVar[str | None] = ContextVar("spoken", default=None)


@cache
def catalogue() -> dict[str, dict[str, str]]:
    """Every entry: key -> language -> sentence."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    entries: dict[str, dict[str, str]] = {}
    for file in sorted(files("forms").joinpath("catalogue").iterdir(), key=lambda file: file.name):
        topic, _, ending = file.name.rpartition(".")
        if ending == "yaml":
            for name, sentences in yaml.load(file.read_text(encoding="utf-8"), Loader=loader).items():
                entries[f"{topic}.{name}"] = sentences
    return entries


def language() -> str:
    """The language of whoever reads: that of their page, at a terminal PHIEU_LANG, else Vietnamese."""
    spoken = _SPOKEN.get()
    if spoken is not None:
        return spoken
    chosen = os.environ.get("PHIEU_LANG", "vi")[:2].lower()
    return chosen if chosen in LANGUAGES else "vi"


def speak_to_screen(is_screen: bool) -> None:
    """From now on, in this thread or task: whether who reads is before a screen, not at a command line."""
    _AT_SCREEN.set(is_screen)


def speak_in(lang: str | None) -> None:
    """From now on, in this thread or task: the language of sentences that are asked for without one; None as before."""
    _SPOKEN.set(lang)


class Tongue(str):
    """A language, with sentences of its own for keys of the catalogue where a campaign supplies them."""

    sentences: Mapping[str, str]

    def __new__(cls, lang: str, sentences: Mapping[str, str]) -> Tongue:
        """The language by its code."""
        tongue = super().__new__(cls, lang)
        tongue.sentences = sentences
        return tongue


class Sentence(str):
    """An entry of the catalogue in words, of which nobody said in which language: it knows where it comes from."""

    key: str
    fields: Mapping[str, object]


def text(key: str, lang: str | None = None, /, **fields: object) -> str:
    """The sentence under a key with its fields filled in; KeyError for a key that is not in the catalogue.

    Without a language it is a Sentence in that of whoever reads.
    """
    supplied = lang.sentences.get(key) if isinstance(lang, Tongue) else None
    sentence = supplied if supplied is not None else _find_sentence(catalogue()[key], lang or language())
    filled = _FILLING.vformat(sentence, (), fields) if fields else sentence
    if lang is not None:
        return filled
    said = Sentence(filled)
    said.key, said.fields = key, fields
    return said


def keep_words(words: object) -> Any:
    """A sentence as what JSON can hold, so that somebody else hears it in their language; other words as they are."""
    if isinstance(words, Sentence):
        return {"key": words.key, "fields": {name: keep_words(one) for name, one in words.fields.items()}}
    return words if isinstance(words, str | int | float) else str(words)


def say_kept(kept: Any) -> Any:
    """What keep_words gave, in the language of whoever reads; KeyError for an entry that is no more."""
    if isinstance(kept, Mapping):
        return text(kept["key"], **{name: say_kept(one) for name, one in kept["fields"].items()})
    return kept


def say_again(words: str) -> str:
    """A sentence in the language of whoever reads now; other words as they are."""
    return str(say_kept(keep_words(words)))


def reword(words: str, old: str, new: str) -> str:
    """Words with a part exchanged; a sentence stays one."""
    if not isinstance(words, Sentence):
        return words.replace(old, new)
    fields = {name: reword(one, old, new) if isinstance(one, str) else one for name, one in words.fields.items()}
    return text(words.key, **fields)


class _Filling(string.Formatter):
    """str.format, and words by a count: "{n:sheet is|sheets are}" is "1 sheet is", "{n:|is|are}" the word alone."""

    def format_field(self, value: Any, format_spec: str) -> Any:
        """A value as it stands in a sentence."""
        alone = format_spec.startswith("|")
        one, bar, many = format_spec.removeprefix("|").partition("|")
        if not bar:
            return super().format_field(value, format_spec)
        word = one if str(value) == "1" else many
        return word if alone else f"{value} {word}"


_FILLING = _Filling()


def _find_sentence(entry: Mapping[str, str], lang: str) -> str:
    return entry[f"{lang}_screen"] if _AT_SCREEN.get() and f"{lang}_screen" in entry else entry[lang]
