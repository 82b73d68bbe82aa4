"""The default question by the day as somebody who knows DuckDB and the log would write it.

usage: by_hand.py LOG FILE [--json]
LOG is flat, weave_lines, weave_map, weave_text or weave_struct.
"""

import sys
from pathlib import Path

import duckdb

from answer import Answer, show

SQL = Path(__file__).parents[1] / "sql" / "duckdb"


def read(template: str) -> str:
    """The text of a statement."""
    return (SQL / f"{template}.sql").read_text()


def answer_of(log: str, path: str, *, totals: bool) -> Answer:
    """The rows of both families, totals last."""
    family = log.partition("_")[0]
    by_model = "grouping sets ((bucket, model), (model), ())" if totals else "bucket, model"
    by_bucket = "grouping sets ((bucket), ())" if totals else "bucket"
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set variable path = $path", {"path": path})
        connection.execute(read("rates"))
        if family == "weave":
            connection.execute(read(log))
        usage = f"{read(f'{family}_usage')} group by {by_model} order by bucket, model"
        calls = f"{read(f'{family}_calls')} group by {by_bucket} order by bucket"
        return Answer(connection.execute(usage).fetchall(), connection.execute(calls).fetchall())


as_json = "--json" in sys.argv
show(answer_of(sys.argv[1], sys.argv[2], totals=not as_json), as_json=as_json)
