"""The default question by the day in embedded ClickHouse; nothing else here needs the package `chdb`.

usage: clickhouse.py LOG FILE [--json]
LOG is flat or weave_lines.
"""

import json
import sys
from pathlib import Path
from typing import Any

import chdb

from answer import Answer, show

SQL = Path(__file__).parents[1] / "sql" / "clickhouse"
SETTINGS = """
    settings
        session_timezone = 'UTC',
        date_time_input_format = 'best_effort',
        group_by_use_nulls = 1,
        input_format_skip_unknown_fields = 1,
        output_format_json_quote_64bit_integers = 0
"""


def read(template: str) -> str:
    """The text of a statement."""
    return (SQL / f"{template}.sql").read_text()


def answer_of(log: str, path: str, *, totals: bool) -> Answer:
    """The rows of both families, totals last."""
    family = log.partition("_")[0]
    by_model = "grouping sets ((bucket, model), (model), ())" if totals else "bucket, model"
    by_bucket = "grouping sets ((bucket), ())" if totals else "bucket"
    connection = chdb.connect(":memory:")

    def rows(sql: str) -> list[tuple[Any, ...]]:
        text = str(connection.query(sql + SETTINGS, "JSONCompact", params={"path": path}))
        return [tuple(row) for row in json.loads(text)["data"]]

    connection.query(read("rates"))
    if family == "weave":
        connection.query(read(log) + SETTINGS, params={"path": path})
    usage = f"{read(f'{family}_usage')} group by {by_model} order by bucket, model"
    calls = f"{read(f'{family}_calls')} group by {by_bucket} order by bucket"
    return Answer(rows(usage), rows(calls))


as_json = "--json" in sys.argv
show(answer_of(sys.argv[1], sys.argv[2], totals=not as_json), as_json=as_json)
