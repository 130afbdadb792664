"""The kinds of key that tables share."""

from __future__ import annotations

import sqlalchemy as sa

RANDOM_KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
