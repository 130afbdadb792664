"""The one catalogue of words people read: forms/catalogue/*.yaml, Vietnamese first, English second.

A key is FILE.NAME, as in text("quota.title"); every entry holds both languages with the same fields.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

import yaml

LANGUAGES = ("vi", "en")


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
    """The language of the person at this terminal: PHIEU_LANG, else Vietnamese."""
    chosen = os.environ.get("PHIEU_LANG", "vi")[:2].lower()
    return chosen if chosen in LANGUAGES else "vi"


class Tongue(str):
    """A language, with sentences of its own for keys of the catalogue where a campaign supplies them."""

    sentences: Mapping[str, str]

    def __new__(cls, lang: str, sentences: Mapping[str, str]) -> Tongue:
        """The language by its code."""
        tongue = super().__new__(cls, lang)
        tongue.sentences = sentences
        return tongue


def text(key: str, lang: str | None = None, /, **fields: object) -> str:
    """The sentence under a key with its fields filled in; KeyError for a key that is not in the catalogue."""
    supplied = lang.sentences.get(key) if isinstance(lang, Tongue) else None
    sentence = supplied if supplied is not None else catalogue()[key][lang or language()]
    return sentence.format(**fields) if fields else sentence
