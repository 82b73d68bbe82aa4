"""Whether two sides of a case give the same answer: their times mean nothing where they do not."""

from __future__ import annotations

import json
import math
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from measuring import run

if TYPE_CHECKING:
    from cases import Case

Rows = list[dict[str, Any]]


def disagreement(case: Case) -> str | None:
    """The first rows that differ, or nothing. Every command is run at least once."""
    outputs = [run(command).output for command in (case.command, case.against.command)]
    is_json = "--json" in case.command
    if case.agreement == "nothing":
        return None
    if case.agreement == "totals":
        return difference(*(rows_of_table(output, totals_only=True) for output in outputs))
    documents = outputs if is_json else [run([*case.command, "--json"]).output]
    if not is_json:
        documents.append(run([*case.against.command, "--json"]).output)
    answers = [rows_of_json(document) for document in documents]
    if case.agreement == "common columns":
        return difference(*(common(rows, answers) for rows in answers))
    found = difference(*answers)
    if found or is_json:
        return found
    return difference(*(rows_of_table(output) for output in outputs))


def rows_of_json(output: bytes) -> Rows:
    """The rows of an answer that are not empty: those of usage, then those of calls."""
    document = json.loads(output)
    return [row for row in (*document["usage_buckets"], *document["call_buckets"]) if row["count"]]


def rows_of_table(output: bytes, *, totals_only: bool = False) -> Rows:
    """The rows of printed tables, by the headers of their columns; a title is no row."""
    rows: Rows = []
    header: list[str] = []
    for line in output.decode().splitlines():
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        if cells[:1] == ["bucket"]:
            header = cells
        elif len(cells) > 1 and (not totals_only or cells[0] == "total"):
            rows.append(dict(zip(header, map(Cell, cells), strict=True)))
    return rows


def common(rows: Rows, answers: list[Rows]) -> Rows:
    """The rows with the columns that all answers have."""
    keys = set.intersection(*({key for row in answer for key in row} for answer in answers))
    return [{key: value for key, value in row.items() if key in keys} for row in rows]


def difference(rows: Rows, others: Rows) -> str | None:
    """The first two rows that differ, or nothing; answers without a row differ from all."""
    if not rows:
        return "an answer has no row"
    nothing: dict[str, Any] = {}
    for row, other in zip_longest(rows, others, fillvalue=nothing):
        if row.keys() != other.keys() or not all(is_same(row[key], other[key]) for key in row):
            return f"{row} and {other}"
    return None


def is_same(one: Any, other: Any) -> bool:
    """Two values are equal, floats to nine digits, printed ones to the digits that both have."""
    if isinstance(one, Cell):
        return one.is_like(other)
    if isinstance(one, float) and isinstance(other, int | float):
        return math.isclose(one, other, rel_tol=1e-9)
    return bool(one == other)


class Cell(str):
    """A cell of a printed table."""

    __slots__ = ()

    def is_like(self, other: Cell) -> bool:
        """Two cells may stand for the same value."""
        if self == other:
            return True
        try:
            least = min(self.digits, other.digits)
            return abs(float(self) - float(other)) <= 0.5001 * 0.1**least
        except ValueError:
            return False

    @property
    def digits(self) -> int:
        """How many digits follow the point."""
        return len(self.partition(".")[2])
