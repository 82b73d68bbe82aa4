"""Rows of a log of one's own in every storage: for tests that must not depend on it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq

from log_files import write_array, write_gzip, write_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

Row = dict[str, Any]


def write_csv(path: Path, rows: Sequence[Row]) -> Path:
    """Delimited text; null is an empty cell."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, names)
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_parquet(path: Path, rows: Sequence[Row]) -> Path:
    """Parquet with the types that pyarrow infers; where they differ in a column, text."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    columns = {}
    for name in names:
        values = [row.get(name) for row in rows]
        kinds = {type(value) for value in values if value is not None}
        mixed = len(kinds - {int, float}) > (0 if kinds & {int, float} else 1)
        columns[name] = pa.array([_text(value) for value in values] if mixed else values)
        if pa.types.is_null(columns[name].type):
            columns[name] = columns[name].cast(pa.string())
    pq.write_table(pa.table(columns), path)
    return path


def _text(value: object) -> str | None:
    return None if value is None else str(value)


STORAGES: dict[str, tuple[str, Callable[[Path, Sequence[Row]], Path]]] = {
    "json_lines": ("a.jsonl", write_lines),
    "gzip": ("a.jsonl.gz", write_gzip),
    "json_array": ("a.json", write_array),
    "csv": ("a.csv", write_csv),
    "parquet": ("a.parquet", write_parquet),
}
"""Storage → the file's name and its writer."""


def store(storage: str, folder: Path, rows: Sequence[Row]) -> Path:
    """The rows in one of the storages."""
    name, writer = STORAGES[storage]
    return writer(folder / name, rows)
