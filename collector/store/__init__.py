"""The store: tables, migrations, and one file of queries a noun. Rows become frozen dataclasses at its edge."""

from collector.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
