"""The default question by the day in embedded ClickHouse; nothing else here needs the package `chdb`.

usage: clickhouse.py LOG FILE [--json]
LOG is flat or weave_lines.
"""

import json
import sys
from typing import Any

import chdb

from answer import Answer, show, statements_of

SETTINGS = """
    settings
        session_timezone = 'UTC',
        date_time_input_format = 'best_effort',
        group_by_use_nulls = 1,
        input_format_skip_unknown_fields = 1,
        output_format_json_quote_64bit_integers = 0
"""


def answer_of(log: str, path: str, *, totals: bool) -> Answer:
    """The rows of both families, totals last."""
    asked = statements_of("clickhouse", log, totals=totals)
    connection = chdb.connect(":memory:")

    def rows(sql: str) -> list[tuple[Any, ...]]:
        text = str(connection.query(sql + SETTINGS, "JSONCompact", params={"path": path}))
        return [tuple(row) for row in json.loads(text)["data"]]

    connection.query(asked.rates)
    if asked.load is not None:
        connection.query(asked.load + SETTINGS, params={"path": path})
    return Answer(rows(asked.usage), rows(asked.calls))


as_json = "--json" in sys.argv
show(answer_of(sys.argv[1], sys.argv[2], totals=not as_json), as_json=as_json)
