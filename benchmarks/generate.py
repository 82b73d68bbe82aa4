"""Writes the logs that are measured: the same rows every time, made by DuckDB.

`flat…parquet` is a log of one's own, one column per count, sorted by start. `weave…jsonl` is a Weave
export: long prompts, and questions to an agent that are trees of four calls: the agent, its step,
two calls of models. As Weave's client does it, the upper two repeat the usage of the lower two.
`empty.parquet` has the flat log's columns and no row; `weave10.jsonl` has ten calls. The logs of other
formats are those of one application each, as long as the Weave export or a little shorter.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "data"
START_US = 1_767_225_600_000_000  # 2026-01-01
FLAT_SPACING_US = 250_000  # ten million calls are a month
WEAVE_SPACING_US = 5_000_000  # half a million are

SQL = Path(__file__).parent / "sql"
FORMATS = {"otel": 0.67, "claude_code": 1.2, "litellm": 0.5}
"""Format → its rows for each line of the Weave export: a gigabyte of each beside 500,000 lines."""


class Data(NamedTuple):
    """The files that are measured."""

    flat: Path
    empty: Path
    weave: Path
    ten: Path
    formats: dict[str, Path]


def data_in(folder: Path, calls: int, lines: int) -> Data:
    """Where the files are: a flat log of `calls`, a Weave export of `lines`."""
    return Data(
        flat=folder / f"flat{short(calls)}.parquet",
        empty=folder / "empty.parquet",
        weave=folder / f"weave{short(lines)}.jsonl",
        ten=folder / "weave10.jsonl",
        formats={name: folder / f"{name}{short(lines)}.jsonl" for name in FORMATS},
    )


def generate(folder: Path, calls: int, lines: int) -> Data:
    """Writes those of the files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    data = data_in(folder, calls, lines)
    _write("flat", data.flat, calls=calls, spacing=FLAT_SPACING_US)
    _write("flat", data.empty, calls=0, spacing=FLAT_SPACING_US)
    _write("weave", data.weave, lines=lines, spacing=WEAVE_SPACING_US)
    _write("weave", data.ten, lines=10, spacing=WEAVE_SPACING_US)
    for name, path in data.formats.items():
        _write(name, path, lines=int(lines * FORMATS[name]), spacing=WEAVE_SPACING_US)
    return data


def short(number: int) -> str:
    """A number as file names have it: 10m, 500k, 10."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if number and number % size == 0:
            return f"{number // size}{letter}"
    return str(number)


def _write(name: str, path: Path, *, spacing: int, **rows: int) -> None:
    if path.exists():
        return
    import duckdb

    macros = (SQL / "macros.sql").read_text()
    unfinished = path.with_name(f"{path.name}.unfinished")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(macros.replace("$start", str(START_US)))
        connection.execute(
            (SQL / f"{name}.sql").read_text(), {**rows, "spacing": spacing, "path": str(unfinished)}
        )
    unfinished.rename(path)


def with_sizes(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser with the options that say how much is generated, and where."""
    parser.add_argument("--calls", type=int, default=10_000_000, help="calls of the flat log")
    parser.add_argument("--lines", type=int, default=500_000, help="lines of the Weave export")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the logs are")
    return parser


def main() -> None:
    """Writes the logs and says where they are."""
    sizes = with_sizes(argparse.ArgumentParser(description=__doc__)).parse_args()
    data = generate(sizes.folder, sizes.calls, sizes.lines)
    for path in (data.flat, data.empty, data.weave, data.ten, *data.formats.values()):
        print(f"{path}  {path.stat().st_size:,} bytes")  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
