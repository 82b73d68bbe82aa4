"""The default question by the day as somebody who knows DuckDB and the log would write it.

usage: by_hand.py LOG FILE [--json]
LOG is flat, weave_lines, weave_map, weave_text or weave_struct.
"""

import sys

import duckdb

from answer import Answer, show, statements_of


def answer_of(log: str, path: str, *, totals: bool) -> Answer:
    """The rows of both families, totals last."""
    asked = statements_of("duckdb", log, totals=totals)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute("set variable path = $path", {"path": path})
        connection.execute(asked.rates)
        if asked.load is not None:
            connection.execute(asked.load)
        usage = connection.execute(asked.usage).fetchall()
        return Answer(usage, connection.execute(asked.calls).fetchall())


as_json = "--json" in sys.argv
show(answer_of(sys.argv[1], sys.argv[2], totals=not as_json), as_json=as_json)
