"""Writes the logs that are measured: the same rows every time, made by DuckDB from `sql/logs/`.

`flat…parquet` is a log of one's own, one column per count, sorted by start, and `weave…jsonl` a Weave
export: long prompts, and questions to an agent that are trees of four calls: the agent, its step,
two calls of models. As Weave's client does it, the upper two repeat the usage of the lower two. The
logs of other formats are those of one application each, about as long as the Weave export.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import duckdb

HERE = Path(__file__).parent
SQL = HERE / "sql" / "logs"
START_US = 1_767_225_600_000_000  # 2026-01-01
WEAVE_SPACING_US = 5_000_000
JSON = "format json, timestampformat '%Y-%m-%dT%H:%M:%S.%fZ'"
PARQUET = "format parquet"
LINES_A_FILE = 20
LINES_A_SESSION = 3_300


class Sizes(NamedTuple):
    """How many rows the logs have."""

    calls: int
    lines: int
    files: int

    @classmethod
    def at(cls, scale: float) -> Sizes:
        """The sizes of the full measurement times `scale`."""
        return cls(int(10_000_000 * scale), int(500_000 * scale), max(int(2_000 * scale), 2))


class Data(NamedTuple):
    """The files and folders that are measured."""

    flat: Path
    unsorted: Path
    repeated: Path
    without_ids: Path
    ten_times: Path
    empty: Path
    weave: Path
    weave_map: Path
    weave_text: Path
    weave_struct: Path
    twelve: Path
    one_file: Path
    many_files: Path
    otel: Path
    claude_code: Path
    litellm: Path
    codex: Path


class Log(NamedTuple):
    """A file to write: its template in `sql/logs/`, how it is written, the template's parameters."""

    path: Path
    template: str
    options: str
    parameters: dict[str, int | str]


def data_in(folder: Path, sizes: Sizes) -> Data:
    """Where the logs of these sizes are."""
    flat, weave = f"flat{short(sizes.calls)}", f"weave{short(sizes.lines)}"
    small = short(sizes.files * LINES_A_FILE)
    return Data(
        flat=folder / f"{flat}.parquet",
        unsorted=folder / f"{flat}_unsorted.parquet",
        repeated=folder / f"{flat}_repeated.parquet",
        without_ids=folder / f"{flat}_without_ids.parquet",
        ten_times=folder / f"flat{short(sizes.calls * 10)}_in_a_month.parquet",
        empty=folder / "empty.parquet",
        weave=folder / f"{weave}.jsonl",
        weave_map=folder / f"{weave}_map.parquet",
        weave_text=folder / f"{weave}_text.parquet",
        weave_struct=folder / f"{weave}_struct.parquet",
        twelve=folder / "weave12.jsonl",
        one_file=folder / f"weave{small}_in_one_file.jsonl",
        many_files=folder / f"weave{small}_in_many_files",
        otel=folder / f"otel{short(sizes.lines)}.jsonl",
        claude_code=folder / f"claude_code{short(sizes.lines)}.jsonl",
        litellm=folder / f"litellm{short(sizes.lines)}.jsonl",
        codex=folder / f"codex{short(sizes.lines)}",
    )


def logs_of(data: Data, sizes: Sizes) -> list[Log]:
    """The files that one statement each writes; those that are made of another come after it."""

    def flat(path: Path, rows: int, spacing: int = 250_000) -> Log:  # ten million are a month
        return Log(path, "flat", PARQUET, {"rows": rows, "spacing": spacing})

    def lines(path: Path, template: str, rows: float, options: str = JSON) -> Log:
        return Log(path, template, options, {"rows": int(rows), "spacing": WEAVE_SPACING_US})

    def made_of(log: Path, path: Path, template: str) -> Log:
        return Log(path, template, PARQUET, {"log": str(log)})

    return [
        flat(data.flat, sizes.calls),
        made_of(data.flat, data.unsorted, "flat_unsorted"),
        made_of(data.flat, data.repeated, "flat_repeated"),
        made_of(data.flat, data.without_ids, "flat_without_ids"),
        flat(data.ten_times, sizes.calls * 10, spacing=25_000),
        flat(data.empty, 0),
        lines(data.weave, "weave", sizes.lines),
        lines(data.weave_map, "weave", sizes.lines, PARQUET),
        made_of(data.weave_map, data.weave_text, "weave_text"),
        made_of(data.weave_map, data.weave_struct, "weave_struct"),
        lines(data.twelve, "weave", 12),
        lines(data.one_file, "weave", sizes.files * LINES_A_FILE),
        lines(data.otel, "otel", sizes.lines * 0.67),
        lines(data.claude_code, "claude_code", sizes.lines * 1.2),
        lines(data.litellm, "litellm", sizes.lines * 0.5),
    ]


def short(number: int) -> str:
    """A number as file names have it: 10m, 500k, 12."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if number and number % size == 0:
            return f"{number // size}{letter}"
    return str(number)


def generate(folder: Path, sizes: Sizes) -> Data:
    """Writes those of the logs that are not there yet."""
    import duckdb  # only here: bench.py has the names of the logs from this module and stays small

    folder.mkdir(parents=True, exist_ok=True)
    data = data_in(folder, sizes)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute((SQL / "macros.sql").read_text().replace("$start", str(START_US)))
        for log in logs_of(data, sizes):
            if not log.path.exists():
                unfinished = log.path.with_name(f"{log.path.name}.unfinished")
                write(connection, log._replace(path=unfinished))
                unfinished.rename(log.path)
        if not data.codex.exists():
            write_sessions(connection, data.codex, sessions=max(sizes.lines // 2_500, 1))
    if not data.many_files.exists():
        split(data.one_file, data.many_files)
    return data


def write(connection: duckdb.DuckDBPyConnection, log: Log) -> None:
    """Writes one log."""
    select = (SQL / f"{log.template}.sql").read_text()
    statement = f"copy ({select}) to $path ({log.options})"
    connection.execute(statement, {**log.parameters, "path": str(log.path)})


def write_sessions(connection: duckdb.DuckDBPyConnection, folder: Path, sessions: int) -> None:
    """Writes Codex's rollouts, a file for each session."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(exist_ok=True)
    for session in range(sessions):
        path = unfinished / f"rollout-{session:04}.jsonl"
        numbers = {"session": session, "rows": LINES_A_SESSION, "spacing": WEAVE_SPACING_US}
        write(connection, Log(path, "codex", JSON, dict(numbers)))
    unfinished.rename(folder)


def split(log: Path, folder: Path) -> None:
    """Writes the lines of a log into many small files."""
    unfinished = folder.with_name(f"{folder.name}.unfinished")
    unfinished.mkdir(exist_ok=True)
    lines = log.read_text().splitlines(keepends=True)
    for first in range(0, len(lines), LINES_A_FILE):
        part = unfinished / f"part-{first // LINES_A_FILE:05}.jsonl"
        part.write_text("".join(lines[first : first + LINES_A_FILE]))
    unfinished.rename(folder)


def with_sizes(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser with the options that say how much is generated, and where."""
    parser.add_argument("--scale", type=float, default=1, help="0.1 is a tenth of the rows")
    parser.add_argument("--folder", type=Path, default=HERE / "data", help="where the logs are")
    return parser


def main() -> None:
    """Writes the logs and says where they are."""
    options = with_sizes(argparse.ArgumentParser(description=__doc__)).parse_args()
    for path in generate(options.folder, Sizes.at(options.scale)):
        print(path)  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
