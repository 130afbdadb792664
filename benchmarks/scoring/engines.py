"""The mean per cent by agency, group and question, by engines that aggregate tables and do nothing else.

Each is given the answers as whole numbers in a table of its own kind before the clock starts, which suits it best.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from benchmarks.scoring.made_answers import OPTIONS, PERCENTS, Columns

KEYS = ["agency", "group", "question"]
WORTH = np.array([np.nan if (worth := PERCENTS.get(option)) is None else float(worth) for option in OPTIONS])


def with_pandas(columns: Columns) -> Callable[[], object]:
    table = pd.DataFrame({name: columns[name] for name in (*KEYS, "option")})

    def work() -> object:
        percent = pd.Series(WORTH[table["option"].to_numpy()])
        return percent.groupby([table[name] for name in KEYS], sort=False).mean()

    return work


def with_polars(columns: Columns) -> Callable[[], object]:
    import polars  # type: ignore[import-not-found, unused-ignore]

    table = polars.DataFrame({name: columns[name] for name in (*KEYS, "option")})
    worth = [None if np.isnan(each) else float(each) for each in WORTH]
    places = polars.Series("option", range(len(OPTIONS)), dtype=polars.Int8)
    levels = polars.DataFrame({"option": places, "percent": worth})

    def work() -> object:
        joined = table.lazy().join(levels.lazy(), on="option", how="left")
        return joined.group_by(KEYS).agg(polars.col("percent").mean()).collect()

    return work


def with_duckdb(columns: Columns) -> Callable[[], object]:
    import duckdb  # type: ignore[import-not-found, unused-ignore]

    base = duckdb.connect()
    given = pd.DataFrame({name: columns[name] for name in (*KEYS, "option")})
    base.register("given", given)
    base.execute("CREATE TABLE answers AS SELECT * FROM given")
    base.unregister("given")
    worth = " ".join(f"WHEN {place} THEN {each}" for place, each in enumerate(WORTH) if not np.isnan(each))
    query = f'SELECT agency, "group", question, avg(CASE option {worth} END) FROM answers GROUP BY ALL'
    return lambda: base.execute(query).fetchnumpy()


ENGINES = {"pandas": with_pandas, "polars": with_polars, "duckdb": with_duckdb}
