"""The store's own tests make the tables of every database by the migrations, as everybody else does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import sqlalchemy

from collector.store import engine


@pytest.fixture(scope="module", autouse=True)
def tables_by_migrations(made_once: None) -> Iterator[None]:
    """No database begins as a copy here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "create_engine", sqlalchemy.create_engine)
        yield
