"""What libraries make anew for every store and site, though it is always the same: kept for a process of tests."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.util import LRUCache
from werkzeug.routing import Rule
from werkzeug.routing.rules import RulePart

from collector.store import engine

_MOST_STATEMENTS = 5000


def compile_statements_once(patch: pytest.MonkeyPatch) -> None:
    """A statement that one SQLite store put into words need not be put into words again by the next.

    A compiled statement is kept under the dialect it is written in, so the engines share one, which a connection set
    up.
    """
    model = create_engine("sqlite://")
    model.connect().close()
    statements: LRUCache[Any, Any] = LRUCache(_MOST_STATEMENTS)

    def make_engine(url: Any, **more: Any) -> Engine:
        made = create_engine(url, **more)
        if made.dialect.name == "sqlite":
            made.dialect = model.dialect
            made.update_execution_options(compiled_cache=statements)
        return made

    patch.setattr(engine, "create_engine", make_engine)


def make_tables_once(patch: pytest.MonkeyPatch, made: Path) -> None:
    """A SQLite database that is not there yet begins as a copy of one whose tables were made once, in the file `made`.

    Making them takes longer than most tests. What makes them is tested where that is undone: with the store, and in
    every process that a test starts.
    """
    make_engine: Callable[..., Engine] = engine.create_engine
    engine.make_tables(f"sqlite:///{made}").dispose()

    def copy_tables(url: Any, **more: Any) -> Engine:
        at = make_url(url)
        if at.get_backend_name() == "sqlite" and at.database and Path(at.database).parent.is_dir():
            _copy_whole(made, Path(at.database))
        return make_engine(url, **more)

    patch.setattr(engine, "create_engine", copy_tables)


def _copy_whole(made: Path, path: Path) -> None:
    """A copy that appears whole, unless something is there already."""
    if path.exists():
        return
    part = path.with_name(f"{path.name}.{os.getpid()}")
    shutil.copy(made, part)
    with suppress(FileExistsError):
        path.hardlink_to(part)
    part.unlink()


def compile_routes_once(patch: pytest.MonkeyPatch) -> None:
    """What finds and builds the address of a route is made once for all sites: it depends on the words alone."""
    _parse_rules_once(patch)
    compile_builder, known = Rule._compile_builder, {}

    def compile_once(rule: Rule, append_unknown: bool = True) -> Any:
        if rule.defaults:  # they go through the rule's own converters
            return compile_builder(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in known:
            known[key] = compile_builder(rule, append_unknown)
        return known[key]

    patch.setattr(Rule, "_compile_builder", compile_once)


def _parse_rules_once(patch: pytest.MonkeyPatch) -> None:
    parse = Rule._parse_rule
    known: dict[str, tuple[Any, ...]] = {}

    def parse_once(rule: Rule, words: str) -> Iterator[RulePart]:
        if words not in known:
            kept = rule._trace, rule._converters, rule.arguments
            rule._trace, rule._converters, rule.arguments = [], {}, set()
            known[words] = tuple(parse(rule, words)), rule._trace, rule._converters, rule.arguments
            rule._trace, rule._converters, rule.arguments = kept
        parts, trace, converters, arguments = known[words]
        rule._trace.extend(trace)
        rule._converters.update(converters)
        rule.arguments.update(arguments)
        yield from parts

    patch.setattr(Rule, "_parse_rule", parse_once)
