"""CSV, Markdown, Parquet and Arrow: the same answer as JSON, as other programs read it (spec 11)."""

from __future__ import annotations

import json
import os
import pty
import subprocess
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from answer_rows import call_row, usage_row
from callstats_cli.answer.rows import CallStats, Row, Totals
from callstats_cli.render.csv import render_csv
from callstats_cli.render.markdown import MOST_BYTES, escaped, render_markdown
from callstats_cli.request.output_columns import output_columns
from callstats_cli.request.request import MetricRequest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

LOG = """\
{"started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-03-01T10:00:01.5Z", "model": "a|b", "input_tokens": 10}
{"started_at": "2026-03-01T10:30:00Z", "ended_at": "2026-03-01T10:30:00.5Z", "model": "a|b", "input_tokens": 5}
{"started_at": "2026-03-01T12:00:00Z", "error": "boom"}
"""
ASKED = [
    "-g", "1h", "-z", "Europe/Berlin", "--usage", "input_tokens:sum,avg,count",
    "--calls", "error_count", "--calls", "latency_ms:p50",
]  # fmt: skip
COLUMNS = [
    "kind", "timestamp", "model", "count", "sum_input_tokens", "avg_input_tokens",
    "count_input_tokens", "sum_error_count", "p50_latency_ms",
]  # fmt: skip
CSV = """\
kind,timestamp,model,count,sum_input_tokens,avg_input_tokens,count_input_tokens,sum_error_count,p50_latency_ms
usage,2026-03-01T11:00:00+01:00,a|b,2,15,7.5,2,,
usage,2026-03-01T12:00:00+01:00,a|b,0,0,,0,,
usage,2026-03-01T13:00:00+01:00,a|b,0,0,,0,,
call,2026-03-01T11:00:00+01:00,,2,,,,0,1000.0
call,2026-03-01T12:00:00+01:00,,0,,,,0,
call,2026-03-01T13:00:00+01:00,,1,,,,1,
"""
MARKDOWN = r"""#### Usage per hour and model

2026-03-01 11:00:00 to 13:00:01 · Europe/Berlin

| bucket | model | calls | input sum | input avg | input count |
| --- | --- | ---: | ---: | ---: | ---: |
| 2026-03-01 11:00 | a\|b | 2 | 15 | 7.5 | 2 |
| 2026-03-01 12:00 | a\|b | 0 | 0 | · | 0 |
| 2026-03-01 13:00 | a\|b | 0 | 0 | · | 0 |
| **total** | a\|b | 2 | 15 | 7.5 | 2 |

#### Calls per hour

2026-03-01 11:00:00 to 13:00:01 · Europe/Berlin

| bucket | calls | errors | latency p50 ms |
| --- | ---: | ---: | ---: |
| 2026-03-01 11:00 | 2 | 0 | 1,000 |
| 2026-03-01 12:00 | 0 | 0 | · |
| 2026-03-01 13:00 | 1 | 1 | · |
| **total** | 3 | 1 | 1,000 |
"""


def rows_of_json(run_cli: CommandLine, log: Path) -> list[dict[str, Any]]:
    """The rows of the JSON answer in one table, instants as instants."""
    lines = run_cli("query", log, *ASKED, "-f", "jsonl").stdout.splitlines()
    rows = [dict.fromkeys(COLUMNS) | json.loads(line) for line in lines]
    return [row | {"timestamp": datetime.fromisoformat(row["timestamp"])} for row in rows]


def test_csv(run_cli: CommandLine, log: Path) -> None:
    assert run_cli("query", log, *ASKED, "-f", "csv").stdout == CSV


def test_csv_of_one_family_has_the_same_first_columns(run_cli: CommandLine, log: Path) -> None:
    done = run_cli("query", log, "-g", "total", "--calls", "error_count", "-f", "csv")
    assert done.stdout == (
        "kind,timestamp,model,count,sum_error_count\ncall,2026-03-01T10:00:00Z,,3,1\n"
    )


def test_csv_quotes_what_would_be_misread() -> None:
    usage = [
        usage_row(INPUT, 0, model, 1, (1,))
        for model in ('say "hi"', "a,b", "a\nb", " a", "", None, "=1")
    ]
    lines = list(render_csv(stats_of(usage)))[1:]
    models = [line.removeprefix("usage,1970-01-01T00:00:00Z,").removesuffix(",1,1\n") for line in lines]
    assert models == ['"say ""hi"""', '"a,b"', '"a\nb"', '" a"', '""', "", "=1"]


def test_markdown(run_cli: CommandLine, log: Path) -> None:
    assert run_cli("query", log, *ASKED, "-f", "markdown").stdout == MARKDOWN


def test_markdown_of_no_calls(run_cli: CommandLine, log: Path) -> None:
    done = run_cli("query", log, "-s", "2020-01-01", "-u", "2020-01-01", "-f", "markdown", "-q")
    range_ = "2020-01-01 00:00 to 00:00 · UTC"
    nothing = "No calls in this range."
    assert done.stdout == (
        f"#### Usage per 5 minutes and model\n\n{range_}\n\n{nothing}\n\n"
        f"#### Calls per 5 minutes\n\n{range_}\n\n{nothing}\n"
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("a_b*c", r"a\_b\*c"),
        ("<img src=x>", r"\<img src=x\>"),
        ("[a](b)", r"\[a\](b)"),
        (r"a\|b", r"a\\\|b"),
        ("`x` &amp; $y$", r"\`x\` \&amp; \$y\$"),
    ],
)
def test_markdown_shows_names_as_they_are(text: str, expected: str) -> None:
    assert escaped(text) == expected


INPUT = output_columns("usage", [MetricRequest("input_tokens")])


def stats_of(usage: list[Row]) -> CallStats:
    return CallStats(0, 3_600_000_000, 3600, "UTC", INPUT, usage, (), ())


def test_markdown_stays_below_the_limit_of_a_summary() -> None:
    models = [f"model-{number:05}-" + "m" * 120 for number in range(12_000)]
    usage = [usage_row(INPUT, 0, model, 1, (1,)) for model in models]
    totals = Totals(usage[:2], usage_row(INPUT, 0, None, 12_000, (12_000,)), None)
    text = render_markdown(stats_of(usage), totals)
    size = len(text.encode())
    assert MOST_BYTES - 1_000 < size < MOST_BYTES
    *_, first, second, of_all, blank, note = text.splitlines()
    assert first == f"| **total** | {models[0]} | 1 | 1 |"
    assert second == f"| **total** | {models[1]} | 1 | 1 |"
    assert of_all == "| **total** | (all models) | 12,000 | 12,000 |"
    shown = text.count("| 1970-01-01 00:00 |")
    assert (blank, note) == (
        "",
        f"_{12_000 - shown:,} more rows are left out to stay below 1 MiB; JSON has them_",
    )


def test_markdown_keeps_the_total_of_all_where_models_alone_are_too_many() -> None:
    usage = [usage_row(INPUT, 0, f"{number:05}" + "m" * 150, 1, (1,)) for number in range(12_000)]
    of_all = usage_row(INPUT, 0, None, 12_000, (12_000,))
    text = render_markdown(stats_of(usage), Totals(usage, of_all, None))
    assert len(text.encode()) < MOST_BYTES
    assert text.splitlines()[-3] == "| **total** | (all models) | 12,000 | 12,000 |"
    assert text.count("| 1970-01-01 00:00 |") == 0


def test_markdown_leaves_out_columns_beyond_two_hundred() -> None:
    columns = output_columns(
        "call", [MetricRequest("latency_ms", (), tuple(n / 10 for n in range(300)))]
    )
    row = call_row(columns, 0, 1, tuple(float(n) for n in range(300)))
    stats = CallStats(0, 1_000_000, "total", "UTC", (), (), columns, [row])
    lines = render_markdown(stats, Totals((), None, row)).splitlines()
    assert lines[4].count("|") == 1 + 1 + 1 + 200
    assert lines[-1] == "_100 more columns are left out; JSON has them_"


def test_parquet(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "answer.parquet"
    assert run_cli("query", log, *ASKED, "-o", path).stdout == ""
    assert_is_the_answer(pq.read_table(path), run_cli, log)


def assert_is_the_answer(table: Any, run_cli: CommandLine, log: Path) -> None:
    assert table.column_names == COLUMNS
    assert [str(field.type) for field in table.schema] == [
        "string", "timestamp[us, tz=Europe/Berlin]", "string", "int64", "double", "double", "int64",
        "double", "double",
    ]  # fmt: skip
    assert table.to_pylist() == rows_of_json(run_cli, log)


def test_types_do_not_depend_on_the_data(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    path = tmp_path / "answer.parquet"
    nothing = ["-s", "2020-01-01", "-u", "2020-01-01"]
    assert run_cli("query", log, *ASKED, *nothing, "-q", "-o", path).code == 0
    empty = pq.read_schema(path)
    assert run_cli("query", log, *ASKED, "-o", path).code == 0
    assert pq.read_schema(path) == empty


def streamed(run_cli: CommandLine, log: Path) -> bytes:
    done = subprocess.run(
        run_cli.command("query", log, *ASKED, "-f", "arrow"), capture_output=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, b"")
    return done.stdout


def test_arrow_streams_to_pyarrow_and_duckdb(run_cli: CommandLine, log: Path) -> None:
    import duckdb

    answer = pa.ipc.open_stream(streamed(run_cli, log)).read_all()
    assert_is_the_answer(answer, run_cli, log)
    connection = duckdb.connect()
    connection.register("answer", answer)
    found = connection.execute(
        "select kind, sum(count), sum(sum_input_tokens) from answer group by all order by all"
    )
    assert found.fetchall() == [("call", 3, None), ("usage", 2, 15.0)]


def test_arrow_streams_to_pandas(run_cli: CommandLine, log: Path) -> None:
    pytest.importorskip("pandas")
    frame = pa.ipc.open_stream(streamed(run_cli, log)).read_pandas()
    assert frame["sum_input_tokens"].sum() == 15.0
    assert str(frame["timestamp"].dt.tz) == "Europe/Berlin"


def test_arrow_streams_to_polars(run_cli: CommandLine, log: Path) -> None:
    polars = pytest.importorskip("polars")
    frame = polars.read_ipc_stream(streamed(run_cli, log))
    assert frame.shape == (6, 9)
    assert frame["timestamp"][0] == datetime(2026, 3, 1, 10, tzinfo=UTC)


def test_arrow_file_by_its_ending(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    for name, opened in (("a.arrow", pa.ipc.open_file), ("a.arrows", pa.ipc.open_stream)):
        assert run_cli("query", log, *ASKED, "-o", tmp_path / name).code == 0
        assert opened(tmp_path / name).read_all().column_names == COLUMNS


@pytest.mark.parametrize(
    ("name", "beginning"),
    [("a.csv", b"kind,"), ("a.md", b"#### "), ("a.ndjson", b'{"kind"'), ("A.PARQUET", b"PAR1")],
)
def test_output_goes_by_its_ending(
    name: str, beginning: bytes, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    assert run_cli("query", log, "-o", tmp_path / name).stdout == ""
    assert (tmp_path / name).read_bytes()[: len(beginning)] == beginning


@pytest.mark.parametrize("output", ["table", "json", "jsonl", "csv", "markdown", "parquet", "arrow"])
def test_a_reader_that_stops_early_is_no_error(output: str, run_cli: CommandLine, log: Path) -> None:
    words = ["query", log, "-q", "-g", "1s", "-f", output]
    with subprocess.Popen(
        run_cli.command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(10)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


@pytest.mark.parametrize("output", ["parquet", "arrow"])
def test_binary_formats_are_kept_from_terminals(
    output: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    main, terminal = pty.openpty()
    done = subprocess.run(
        run_cli.command("query", log, "-f", output),
        stdout=terminal,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        timeout=60,
    )
    assert (done.returncode, done.stderr.decode()) == (
        2,
        f"callstats: error: {output} is not for a terminal; write a file with --output, or pipe it on\n",
    )
    os.close(main)
    os.close(terminal)


def test_a_near_miss_of_a_format(run_cli: CommandLine, log: Path) -> None:
    assert run_cli("query", log, "-f", "markdwon").error(2) == (
        "unknown format 'markdwon'; did you mean 'markdown'?"
    )
