"""A script of `--show-sql`, run as it is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import duckdb

from agreement import disagreement

if TYPE_CHECKING:
    from conftest import CommandLine


def rows_of(script: str) -> list[list[dict[str, Any]]]:
    """What DuckDB answers to each question of a printed script, run as it is."""
    answers: list[list[dict[str, Any]]] = []
    with duckdb.connect() as connection:
        for statement in duckdb.extract_statements(script):
            result = connection.execute(statement)
            if statement.type == duckdb.StatementType.EXECUTE:
                names = [column[0] for column in result.description]
                answers.append([dict(zip(names, row, strict=True)) for row in result.fetchall()])
    return answers


def assert_the_script_answers_the_same(run_cli: CommandLine, *words: object) -> None:
    script = run_cli("query", *words, "--show-sql")
    assert script.code == 0, script.stderr
    answer = run_cli.query(*words).answer
    families = ("usage_buckets", "call_buckets")
    for rows, family in zip(rows_of(script.stdout), families, strict=True):
        expected = answer[family]
        assert len(rows) == len(expected)
        for row, wanted in zip(rows, expected, strict=True):
            del wanted["timestamp"]
            found = {name: row[name] for name in wanted}
            assert disagreement(found, wanted, family, kinds=False) is None
