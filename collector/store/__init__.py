"""The store: tables, migrations, and one file of queries a noun. Rows become frozen dataclasses at its edge."""

from collector.store import (  # noqa: F401 their tables belong to the schema
    account_schema,
    again_schema,
    import_schema,
    letters_schema,
    phone_schema,
    recheck_attempts,
    recheck_schema,
    signing_schema,
    typed_schema,
    upload_schema,
)
from collector.store.engine import Store, open_store

__all__ = ["Store", "open_store"]
