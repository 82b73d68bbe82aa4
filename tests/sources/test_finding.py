"""Where calls come from (spec 4), and logs of one's own (spec 3 and 5)."""

from __future__ import annotations

import csv
import gzip
import json
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from log_files import call, shared, write_gzip, write_lines, write_parquet_text
from printed_sql import assert_the_script_answers_the_same

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

COUNT = ("--calls", "call_count", "-g", "total")
TOKENS = ("--usage", "input_tokens", "--usage", "output_tokens", "-g", "total")
START = "2026-03-01T10:00:00Z"


def tokens(done: Outcome) -> dict[str | None, tuple[int, int]]:
    """Model → sums of input and output tokens."""
    return {row["model"]: (row["sum_input_tokens"], row["sum_output_tokens"]) for row in done.usage}


# Files, globs, folders


def lay_out(folder: Path) -> Path:
    """A folder of logs with what is none between them: seven calls count."""
    write_lines(folder / "a.jsonl", [call("a")])
    write_lines(folder / "deep" / "er" / "b.ndjson", [call("b")])
    (folder / "deep" / "c.json").write_text(json.dumps([call("c"), call("d")]))
    write_gzip(folder / "deep" / "e.jsonl.gz", [call("e")])
    write_parquet_text(folder / "f.parquet", [call("f", usage={})])
    for hidden in (
        ".hidden.jsonl",
        "_temporary/x.jsonl",
        ".git/x.jsonl",
        "_x.jsonl",
        "deep/.y/z.jsonl",
    ):
        write_lines(folder / hidden, [call("hidden")])
    for other in ("notes.txt", "a.jsonl.bak", "jsonl", "README.md", "x.jsonl.bz2"):
        write_lines(folder / other, [call("other")])
    return folder


def test_a_folder_is_read_recursively_without_hidden_names(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    folder = lay_out(tmp_path / "logs")
    done = run_cli.query(folder, *COUNT)
    others = f"{folder}/README.md, {folder}/a.jsonl.bak, {folder}/jsonl and 1 more"
    assert done.counted == 7
    assert done.stderr == f"callstats: files of other endings, not looked at: {others}\n"


@pytest.mark.parametrize(
    ("pattern", "count"),
    [
        ("*.jsonl", 1),
        ("**/*.json", 2),
        ("**/*.ndjson", 1),
        ("deep/er/?.ndjson", 1),
        ("[af].*", 2),
        ("**", 7),
        ("d*", 4),
        ("**/*.jsonl.gz", 1),
        ("notes.tx?", 1),
    ],
)
def test_globs(pattern: str, count: int, run_cli: CommandLine, tmp_path: Path) -> None:
    folder = lay_out(tmp_path / "logs")
    for odd in ("a.jsonl.bak", "_x.jsonl", "_temporary/x.jsonl"):
        (folder / odd).unlink()
    assert run_cli.query(f"{folder}/{pattern}", *COUNT).counted == count


def test_a_name_with_glob_characters_is_a_name_first(run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / "a[1].jsonl", [call("a"), call("b")])
    write_lines(tmp_path / "a1.jsonl", [call("c")])
    assert run_cli.query(tmp_path / "a[1].jsonl", *COUNT).counted == 2
    assert run_cli.query(tmp_path / "a[[]1].jsonl", *COUNT).counted == 2
    assert run_cli.query(tmp_path / "*.jsonl", *COUNT).counted == 3


def test_several_sources_are_one_log(run_cli: CommandLine, tmp_path: Path) -> None:
    one = write_lines(tmp_path / "one.jsonl", [call("a")])
    two = write_parquet_text(tmp_path / "two.parquet", [call("b"), call("c")])
    assert run_cli.query(one, two, *COUNT).counted == 3


def test_each_real_path_is_read_once(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "logs" / "a.jsonl", [call(""), call("")])
    link = tmp_path / "link.jsonl"
    link.symlink_to(log)
    (tmp_path / "logs" / "again.jsonl").symlink_to(log)
    (tmp_path / "folder").symlink_to(log.parent)
    words = [
        log,
        f"{tmp_path}/logs/../logs/a.jsonl",
        link,
        log.parent,
        tmp_path / "folder",
        f"{tmp_path}/**/*.jsonl",
    ]
    assert run_cli.query(*words, *COUNT).counted == 2


def test_a_folder_that_links_to_itself_ends(run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / "logs" / "a.jsonl", [call("a")])
    (tmp_path / "logs" / "loop").symlink_to(tmp_path / "logs")
    assert run_cli.query(tmp_path / "logs", *COUNT).counted == 1


def test_reading_order_is_sources_as_given(run_cli: CommandLine, tmp_path: Path) -> None:
    one = write_lines(tmp_path / "one.jsonl", [call("a", thread_id="t1")])
    two = write_lines(tmp_path / "two.jsonl", [call("a", thread_id="t2")])
    for words, last in (([one, two], "t2"), ([two, one], "t1")):
        for thread in ("t1", "t2"):
            done = run_cli.query(*words, *COUNT, "--thread", thread)
            assert done.counted == (thread == last)


def test_reading_order_of_a_folder_is_by_path_across_kinds(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    # By bytes: "B" < "a" < "é"; the JSON Lines, Parquet and array are read as three groups.
    write_lines(tmp_path / "logs" / "é.jsonl", [call("x", thread_id="last")])
    write_parquet_text(tmp_path / "logs" / "B.parquet", [call("x", thread_id="first")])
    (tmp_path / "logs" / "a.json").write_text(json.dumps([call("x", thread_id="middle")]))
    for thread, count in (("first", 0), ("middle", 0), ("last", 1)):
        done = run_cli.query(tmp_path / "logs", *COUNT, "--thread", thread)
        assert done.counted == count


def test_detection_is_by_content_not_by_name(run_cli: CommandLine, tmp_path: Path) -> None:
    parquet = write_parquet_text(tmp_path / "p.parquet", [call("a")]).rename(tmp_path / "p.jsonl")
    lines = write_lines(tmp_path / "l.parquet", [call("b")])
    zipped = write_gzip(tmp_path / "z.jsonl.gz", [call("c")]).rename(tmp_path / "z.log")
    csv = tmp_path / "table.json"
    csv.write_text("id,started_at\nd,2026-03-01T10:00:00Z\n")
    assert run_cli.query(parquet, lines, zipped, csv, *COUNT).counted == 4


@pytest.mark.parametrize("as_array", [False, True], ids=["lines", "array"])
def test_numbers_that_python_cannot_hold_do_not_hide_the_format(
    as_array: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    record = json.dumps(call("a", usage={"m": {"input_tokens": 4}}, x="BIG")).replace(
        '"BIG"', "9" * 5000
    )
    log = write_lines(tmp_path / "a.jsonl", [f"[{record}]" if as_array else record])
    assert tokens(run_cli.query(log, *TOKENS)) == {"m": (4, 0)}


@pytest.mark.parametrize("text", ["[]", " [ \n ]\n", "\ufeff[]"], ids=repr)
def test_an_array_without_calls_is_an_empty_log(
    text: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    empty = tmp_path / "empty.json"
    empty.write_text(text, encoding="utf-8")
    done = run_cli.query(empty, *COUNT, *TOKENS)
    assert (done.calls, done.usage) == ([], [])
    assert done.answer["start"] == done.answer["end"]
    assert run_cli.query(empty, write_lines(tmp_path / "a.jsonl", [call("a")]), *COUNT).counted == 1


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_an_array_cut_after_a_comma(packed: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    text = f"[\n{json.dumps(call('a'))},\n".encode()
    cut = tmp_path / ("a.json.gz" if packed else "a.json")
    cut.write_bytes(gzip.compress(text) if packed else text)
    (tmp_path / "b.json").write_text(json.dumps([call("b"), call("c")]))
    assert "is not a whole JSON document" in run_cli("query", cut, *COUNT).error(1)
    assert "is not a whole JSON document" in run_cli("query", tmp_path, *COUNT).error(1)
    done = run_cli.query(tmp_path, *COUNT, "--skip-bad-files", "--meta")
    assert (done.counted, done.quality) == (2, {"skipped_files": 1})


def test_calls_in_the_range_that_are_deleted(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a", deleted_at="2026-03-02T00:00:00Z")])
    done = run_cli.query(log, *COUNT, "-s", "2026-03-01T10:00", "-u", "2026-03-01T11:00")
    said = "callstats: no call matches: 1 call read, those in the range are deleted\n"
    assert (done.calls[0]["count"], done.stderr) == (0, said)


def test_text_that_parquet_holds_as_bytes(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"m\u00e9": {"input_tokens": 4, "output_tokens": 1}}
    columns = {
        "id": [b"a", b"\xff\x00"],
        "op_name": ["chat", "chat"],
        "started_at": [START.encode(), START.encode()],
        "summary": [json.dumps({"usage": usage}).encode()] * 2,
    }
    pq.write_table(pa.table(columns), tmp_path / "a.parquet")
    done = run_cli.query(tmp_path / "a.parquet", *TOKENS, *COUNT)
    assert (tokens(done), done.counted) == ({"m\u00e9": (8, 2)}, 2)


def test_refs_inside_json_text(run_cli: CommandLine, tmp_path: Path) -> None:
    ref = "weave:///e/p/object/d:1"
    written = json.dumps({"a": ref})
    calls = [call("a", inputs=written), call("b", inputs=ref), call("c", inputs={"x": [ref]})]
    log = write_lines(tmp_path / "a.jsonl", calls)
    assert run_cli.query(log, *COUNT, "--input-ref", ref).counted == 3
    table = write_parquet_text(tmp_path / "a.parquet", calls)
    assert run_cli.query(table, *COUNT, "--input-ref", ref).counted == 3


def test_a_folder_with_files_that_are_no_logs(run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / "logs" / "a.jsonl", [call("a")])
    (tmp_path / "logs" / "empty.jsonl").write_text("")
    body = {"project_id": "p", "start": START, "call_metrics": [{"metric": "call_count"}]}
    (tmp_path / "logs" / "body.json").write_text(json.dumps(body))
    pq.write_table(pa.table({"colour": ["red"]}), tmp_path / "logs" / "other.parquet")
    done = run_cli.query(tmp_path / "logs", *COUNT)
    assert done.counted == 1
    assert done.stderr == (
        f"callstats: no call log, left out: {tmp_path}/logs/body.json, {tmp_path}/logs/other.parquet\n"
    )


def test_files_of_different_shapes_and_columns_in_one_folder(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    logs = tmp_path / "logs"
    entry = {"m": {"input_tokens": 1, "output_tokens": 2}}
    write_lines(logs / "1.jsonl", [call("a", usage=entry, thread_id="t")])
    write_parquet_text(logs / "2.parquet", [call("b", usage=entry)])
    end = {"id": "c", "started_at": START, "summary": {"usage": entry}}
    write_lines(logs / "3.jsonl", [{"type": "call_end", "req": {"end": end}}])
    (logs / "4.csv").write_text(f"time,model,input_tokens\n{START},m,4\n")
    (logs / "5.tsv").write_text(f"tokens_out\tmodel\tTime\n8\tm\t{START}\n")
    pq.write_table(
        pa.table({"ts": [datetime(2026, 3, 1, 10, tzinfo=UTC)], "model": ["m"], "input_tokens": [16]}),
        logs / "6.parquet",
    )
    done = run_cli.query(logs, *TOKENS)
    assert done.usage == [
        {
            "timestamp": START,
            "model": "m",
            "sum_input_tokens": 1 + 1 + 1 + 4 + 0 + 16,
            "sum_output_tokens": 2 + 2 + 2 + 0 + 8 + 0,
            "count": 6,
        }
    ]


def test_parquet_files_that_differ_in_struct_fields(run_cli: CommandLine, tmp_path: Path) -> None:
    for number, summary in enumerate(
        [
            {"usage": {"a": {"input_tokens": 1}}},
            {"usage": {"b": {"prompt_tokens": 2, "x": "y"}}},
            {"z": 1},
        ]
    ):
        table = pa.table({"id": [str(number)], "started_at": [START], "summary": [summary]})
        (tmp_path / "logs").mkdir(exist_ok=True)
        pq.write_table(table, tmp_path / "logs" / f"{number}.parquet")
    done = run_cli.query(tmp_path / "logs", *TOKENS, "--calls", "call_count")
    assert tokens(done) == {"a": (1, 0), "b": (2, 0)}
    assert done.counted == 3


# Standard input


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(packed: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    text = write_lines(tmp_path / "a.jsonl", [call("a"), call("b")]).read_bytes()
    done = run_cli.query("-", *COUNT, stdin=gzip.compress(text) if packed else text)
    assert done.counted == 2


def test_standard_input_may_be_csv_or_an_array(run_cli: CommandLine) -> None:
    csv = f"time,model\n{START},m\n".encode()
    assert run_cli.query("-", *COUNT, stdin=csv).counted == 1
    assert run_cli.query("-", *COUNT, stdin=json.dumps([call("a")]).encode()).counted == 1


def test_standard_input_beside_a_file_and_a_body(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    text = write_lines(tmp_path / "b.jsonl", [call("b")]).read_bytes()
    assert run_cli.query(log, "-", *COUNT, stdin=text).counted == 2
    body = {
        "project_id": "p",
        "start": START,
        "end": "2026-03-02T00:00:00Z",
        "call_metrics": [{"metric": "call_count"}],
    }
    done = run_cli.query(log, "--request", "-", "-g", "total", stdin=json.dumps(body).encode())
    assert done.counted == 1


def test_standard_input_is_read_only_where_written(run_cli: CommandLine) -> None:
    done = run_cli.query(*COUNT, stdin=json.dumps(call("a")).encode())
    assert (done.code, done.stdout) == (2, "")


def test_standard_input_is_shown_as_it_was_typed(run_cli: CommandLine, tmp_path: Path) -> None:
    text = (json.dumps(call("a")) + "\n{torn\n").encode()
    cut = gzip.compress(text)[:20]
    rejects = tmp_path / "rejects"
    assert run_cli.query("-", "--meta", "--rejects", rejects, stdin=text).meta["files"] == ["-"]
    rejected = {"line": 2, "kind": "not_json", "column": None, "text": "{torn"}
    assert json.loads(rejects.read_text()) == {"file": "-"} | rejected
    assert run_cli("query", "-", stdin=b'{"x": 1}').error(1) == (
        "'-' has no column that names a time (it has x); name it with --map started_at=COLUMN"
    )
    (tmp_path / "a.jsonl").write_bytes(text)
    beside = run_cli("query", tmp_path / "a.jsonl", "-", stdin=b'{"x": 1}')
    assert beside.error(1).startswith("'-' has no column that names a time")
    ended = "cannot read '-': Compressed file ended before the end-of-stream marker was reached"
    assert run_cli("query", "-", stdin=cut).error(1) == f"{ended}; the file is damaged or cut short"
    assert run_cli.query("-", "--skip-bad-files", "--rejects", rejects, stdin=cut).counted == 0
    skipped = {"line": None, "kind": "skipped_files", "column": None, "text": ended}
    assert json.loads(rejects.read_text()) == {"file": "-"} | skipped


def test_printed_sql_reads_standard_input_again(run_cli: CommandLine) -> None:
    text = (json.dumps(call("a")) + "\n").encode()
    script = run_cli("query", "-", "--show-sql", stdin=text).stdout
    assert script.count("/dev/stdin") == 1
    assert "source-" not in script
    run = "import duckdb, sys; [duckdb.execute(s) for s in duckdb.extract_statements(sys.argv[1])]"
    done = subprocess.run([sys.executable, "-c", run, script], input=text, capture_output=True)
    assert (done.returncode, done.stderr) == (0, b"")


def test_printed_sql_names_standard_input_where_its_rows_were_copied(run_cli: CommandLine) -> None:
    rows = b'ts,model,input_tokens\r2026-03-01T10:00:00Z,m,5\r2026-03-01T11:00:00Z,m,"6\r'
    script = run_cli("query", "-", "--show-sql", stdin=rows).stdout
    assert "/dev/stdin" in script
    assert "source-" not in script


def test_standard_input_in_a_pipe(run_cli: CommandLine, tmp_path: Path) -> None:
    text = write_lines(tmp_path / "a.jsonl", [call("a")]).read_bytes()
    assert run_cli.separately("query", "-", *COUNT, "--json", stdin=text).counted == 1


# Hive partitions


def partitioned(folder: Path) -> Path:
    """Three days of two projects, and a partition that no engine can read."""
    for day, project in (("2026-03-01", "p"), ("2026-03-02", "p"), ("2026-03-02", "e%2Fq")):
        path = folder / f"project_id={project}" / f"day={day}" / "x.jsonl"
        record = call(f"{day}{project}", f"{day}T12:00:00Z")
        write_lines(path, [record])
    bad = folder / "project_id=p" / "day=2026-01-01" / "bad.parquet"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"PAR1 and nothing more")
    return folder


def test_partitions_outside_the_range_are_not_read(run_cli: CommandLine, tmp_path: Path) -> None:
    folder = partitioned(tmp_path / "logs")
    asked = [folder, *COUNT, "-s", "2026-03-01", "-u", "2026-03-03T00:00"]
    assert run_cli.query(*asked).counted == 3
    done = run_cli.query(*asked, "--no-partition-pruning")
    assert (done.code, done.stdout) == (1, "")
    assert "bad.parquet" in done.stderr


def test_a_folder_name_is_a_column_where_the_file_lacks_it(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    folder = partitioned(tmp_path / "logs")
    asked = [folder, *COUNT, "-s", "2026-03-01", "-u", "2026-03-03T00:00"]
    assert run_cli.query(*asked, "-p", "p").counted == 2
    assert run_cli.query(*asked, "-p", "e/q").counted == 1


def test_a_files_own_column_wins_over_its_folder_name(run_cli: CommandLine, tmp_path: Path) -> None:
    own = call("a", project_id="own")
    write_lines(tmp_path / "project_id=folder" / "a.jsonl", [own])
    write_parquet_text(tmp_path / "project_id=folder" / "b.parquet", [{**own, "id": "b"}])
    assert run_cli.query(tmp_path, *COUNT, "-p", "own").counted == 2


def test_partitions_have_a_day_of_slack(run_cli: CommandLine, tmp_path: Path) -> None:
    # Written by the clock of a zone ahead or behind: the calls of one instant lie in either.
    for day in ("2026-02-28", "2026-03-01", "2026-03-02", "2026-03-03"):
        write_lines(tmp_path / f"dt={day}" / "a.jsonl", [call(day, "2026-03-01T12:00:00Z")])
    asked = [tmp_path, *COUNT, "-s", "2026-03-01T11:00", "-u", "2026-03-01T13:00"]
    assert run_cli.query(*asked).counted == 3
    assert run_cli.query(*asked, "--no-partition-pruning").counted == 4


@pytest.mark.parametrize("kind", ["jsonl", "parquet"])
def test_calls_below_a_long_call_are_read_from_later_partitions(
    kind: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    usage = {"m": {"input_tokens": 10}}
    above = call("a", ended_at="2026-03-06T10:00:00Z", parent_id="", usage=usage)
    below = call("b", "2026-03-05T10:00:00Z", parent_id="a", usage={"m": {"input_tokens": 6}})
    unrelated = call("c", "2026-03-09T10:00:00Z", usage={"m": {"input_tokens": 1}})
    for day, item in (("2026-03-01", above), ("2026-03-05", below), ("2026-03-09", unrelated)):
        folder = tmp_path / f"date={day}"
        folder.mkdir()
        if kind == "parquet":
            write_parquet_text(folder / "a.parquet", [item])
        else:
            write_lines(folder / "a.jsonl", [item])
    asked = [tmp_path, *TOKENS, "-s", "2026-03-01T00:00", "-u", "2026-03-02T00:00"]
    done = run_cli.query(*asked, "--meta")
    assert (tokens(done), len(done.meta["files"])) == ({"m": (4, 0)}, 2)
    assert tokens(run_cli.query(*asked, "--no-partition-pruning")) == {"m": (4, 0)}
    assert_the_script_answers_the_same(run_cli, *asked, "--calls", "call_count")


def test_a_later_partition_without_logs_is_left_out(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"m": {"input_tokens": 10}}
    long = call("a", ended_at="2026-03-06T10:00:00Z", parent_id="", usage=usage)
    for day in ("2026-03-01", "2026-03-05"):
        (tmp_path / f"date={day}").mkdir()
    write_lines(tmp_path / "date=2026-03-01" / "a.jsonl", [long])
    notes = tmp_path / "date=2026-03-05" / "notes.log"
    notes.write_text("no call\nat all\n", encoding="utf-8")
    done = run_cli.query(tmp_path, *TOKENS, "-s", "2026-03-01T00:00", "-u", "2026-03-02T00:00")
    assert tokens(done) == {"m": (10, 0)}
    assert done.stderr == f"callstats: no call log, left out: {notes}\n"


@pytest.mark.parametrize(
    "folder",
    [
        "date=2026-01-01",
        "dt=2026-01-01",
        "day=2026-01-01",
        "year=2026/month=01/day=01",
        "year=2026/month=1",
        "year=2025",
        "year=2026/month=1/day=1/hour=23",
    ],
)
def test_names_of_partitions_that_are_pruned(folder: str, run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / folder / "a.jsonl", [call("a")])
    write_lines(tmp_path / "year=2026" / "a.jsonl", [call("b")])
    write_lines(tmp_path / "hour=5" / "a.jsonl", [call("c")])
    write_lines(tmp_path / "day=Sunday" / "a.jsonl", [call("d")])
    asked = [tmp_path, *COUNT, "-s", "2026-03-01", "-u", "2026-03-02T00:00"]
    assert run_cli.query(*asked).counted == 3


def test_no_partition_is_pruned_without_a_start(run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / "day=1999-01-01" / "a.jsonl", [call("a")])
    assert run_cli.query(tmp_path, *COUNT).counted == 1


def test_row_groups_outside_the_range_change_nothing(run_cli: CommandLine, tmp_path: Path) -> None:
    calls = [call(str(n), f"2026-03-01T{n // 60:02}:{n % 60:02}:00Z", usage={}) for n in range(300)]
    calls[7]["started_at"] = None
    instants = [
        None if item["started_at"] is None else datetime.fromisoformat(item["started_at"])
        for item in calls
    ]
    table = pa.table(
        {
            "id": [item["id"] for item in calls],
            "op_name": ["x"] * 300,
            "started_at": pa.array(instants, pa.timestamp("us", "UTC")),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=10)
    asked = ["--calls", "call_count", "-s", "2026-03-01T01:00", "-u", "2026-03-01T02:00"]
    done = run_cli.query(tmp_path / "a.parquet", *asked, "-g", "total")
    assert (done.counted, done.stderr) == (60, "callstats: 1 call without a start left out\n")


# Delimited text


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'time,model,input_tokens\n{t},"m",5\n'),
        ("crlf.csv", 'time,model,input_tokens\r\n{t},"m",5\r\n'),
        ("bom.csv", "\ufefftime,model,input_tokens\n{t},m,5\n"),
        ("bom_quoted.csv", '\ufeff"time","model","input_tokens"\r\n"{t}","m","5"\r\n'),
        ("a.tsv", "time\tmodel\tinput_tokens\n{t}\tm\t5\n"),
        ("semicolons.csv", "time;model;input_tokens\n{t};m;5\n"),
        ("no_last_newline.csv", "time,model,input_tokens\n{t},m,5"),
        ("blank_lines.csv", "\n\ntime,model,input_tokens\n\n{t},m,5\n\n"),
        ("quotes.csv", 'q,time,model,input_tokens\n"a ""b"", c\nd",{t},m,5\n'),
        ("other_names.csv", "Start Time,modelName,promptTokens\n{t},m,5\n"),
        ("blanks_in_counts.csv", "time,model,input_tokens\n{t},m,\n{t},m,5\n"),
    ],
)
def test_delimited_text(name: str, text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(text.format(t=START).encode())
    done = run_cli.query(path, "--usage", "input_tokens", "-g", "total")
    assert [(row["model"], row["sum_input_tokens"]) for row in done.usage] == [("m", 5)]


def test_delimited_text_may_be_compressed(run_cli: CommandLine, tmp_path: Path) -> None:
    text = f"time,model,input_tokens\n{START},m,5\n".encode()
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text))
    (tmp_path / "b.tsv.zst").write_bytes(
        pa.compress(text.replace(b",", b"\t"), codec="zstd", asbytes=True)
    )
    assert run_cli.query(tmp_path, *COUNT).counted == 2


def test_rows_of_delimited_text_with_too_few_or_many_fields(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"time,model,input_tokens\n{START},m,5\n{START},m\n{START},m,5,6,7\n{START},m,7\n")
    done = run_cli.query(path, "--usage", "input_tokens", "-g", "total", "--meta")
    assert (done.usage[0]["sum_input_tokens"], done.usage[0]["count"]) == (12, 2)
    assert done.quality == {"malformed": 2, "not_a_row": 2}


def test_a_row_longer_than_the_engine_expects(run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"time,model,note\n{START},m,{'x' * 40_000_000}\n{START},m,x\n")
    done = run_cli.query(path, "--calls", "call_count", "-g", "total", "--meta")
    assert (done.counted, done.quality) == (2, {})


def test_two_columns_of_one_name(run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"time,input_tokens,input_tokens,Input_Tokens,\n{START},5,6,7,8\n")
    done = run_cli.query(path, "--usage", "input_tokens", "-g", "total")
    assert done.usage[0]["sum_input_tokens"] == 5


# Logs of one's own


@pytest.mark.parametrize(
    ("time", "model", "sent", "written"),
    [
        ("started_at", "model", "input_tokens", "output_tokens"),
        ("timestamp", "model_name", "prompt_tokens", "completion_tokens"),
        ("TIMESTAMP", "Model", "ContextTokens", "GeneratedTokens"),
        ("startTime", "modelId", "promptTokens", "completionTokens"),
        ("ts", "model", "tokens_in", "tokens_out"),
        ("created_at", "model", "input_length", "output_length"),
    ],
)
def test_common_column_names_are_recognised(
    time: str, model: str, sent: str, written: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    record = {time: START, model: "m", sent: 5, written: 2}
    log = write_lines(tmp_path / "a.jsonl", [record])
    pq.write_table(pa.Table.from_pylist([record]), tmp_path / "a.parquet")
    for path in (log, tmp_path / "a.parquet"):
        assert tokens(run_cli.query(path, *TOKENS)) == {"m": (5, 2)}


def test_nested_usage_of_ones_own(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 3}}
    log = write_lines(tmp_path / "a.jsonl", [{"created": 1772359200, "model": "m", "usage": usage}])
    done = run_cli.query(log, *TOKENS, "--usage", "cache_read_input_tokens")
    assert done.usage == [
        {
            "timestamp": START,
            "model": "m",
            "sum_input_tokens": 5,
            "sum_output_tokens": 2,
            "sum_cache_read_input_tokens": 3,
            "count": 1,
        }
    ]


def test_usage_of_ones_own_in_every_writing(run_cli: CommandLine, tmp_path: Path) -> None:
    base = {"ts": START, "model": "m"}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 3}}
    nested = base | {"usage": usage}
    text = base | {"usage": json.dumps(usage)}
    dotted = base | {
        "usage.prompt_tokens": 5,
        "usage.completion_tokens": 2,
        "usage.prompt_tokens_details.cached_tokens": 3,
    }
    joined = base | {
        "usage_prompt_tokens": 5,
        "usage_completion_tokens": 2,
        "usage_prompt_tokens_details_cached_tokens": 3,
    }
    for record in (nested, text, dotted, joined):
        pq.write_table(pa.Table.from_pylist([record]), tmp_path / "a.parquet")
        with (tmp_path / "a.csv").open("w", newline="") as stream:
            writer = csv.DictWriter(stream, record, quoting=csv.QUOTE_ALL)
            writer.writeheader()
            writer.writerow(record | {"usage": json.dumps(usage)} if "usage" in record else record)
        lines = write_lines(tmp_path / "a.jsonl", [record])
        for log in (lines, tmp_path / "a.parquet", tmp_path / "a.csv"):
            done = run_cli.query(log, *TOKENS, "--usage", "cache_read_input_tokens")
            assert tokens(done) == {"m": (5, 2)}, (log, record)
            assert done.usage[0]["sum_cache_read_input_tokens"] == 3, (log, record)


@pytest.mark.parametrize("odd", ["n/a", 5, True, [1]], ids=repr)
def test_usage_of_ones_own_that_is_no_object(odd: object, run_cli: CommandLine, tmp_path: Path) -> None:
    usages = [{"input_tokens": 5}, json.dumps({"input_tokens": 6}), odd, None, {}, "", {"other": 1}]
    rows = [{"ts": START, "model": "m", "usage": usage} for usage in usages]
    log = write_lines(tmp_path / "a.jsonl", rows)
    done = run_cli.query(log, *TOKENS, "--meta", "--rejects", tmp_path / "rejects")
    assert (tokens(done), done.usage[0]["count"]) == ({"m": (11, 0)}, 6)
    assert done.quality == {"unusable_usage_entries": 1}
    assert json.loads((tmp_path / "rejects").read_text())["line"] == 3


def test_tokens_in_columns_of_other_names_are_missed_aloud(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    rows = [
        {"ts": START, "model": "m", "sent": 5, "written": 2},
        {"ts": START, "model": "n", "sent": 1},
    ]
    log = write_lines(tmp_path / "a.jsonl", rows)
    missed = (
        "callstats: no call has a token where callstats looks: `callstats inspect` says what it read, "
        "--map input_tokens=COLUMN names another column\n"
    )
    assert run_cli.query(log, *TOKENS).stderr == missed
    assert run_cli.query(log, *TOKENS, "--map", "input_tokens=sent").stderr == ""
    assert run_cli.query(log, "--usage", "cache_read_input_tokens", "-g", "total").stderr == ""
    assert run_cli.query(log, "--usage", "input_tokens:count", "-g", "total").stderr == ""


SPAN = {
    "trace_id": "1" * 32, "name": "chat", "start_time": "2026-03-01T10:00:00Z",
    "end_time": "2026-03-01T10:00:01Z",
}  # fmt: skip


@pytest.mark.parametrize(
    "record",
    [
        {**SPAN, "span_id": "a" * 16, "attributes": {"gen_ai.request.model": "m", "my.tokens.in": 5}},
        call("a", usage={"m": {"words": 5}}),
        call("a"),
    ],
    ids=["a span", "a call of Weave", "one without usage"],
)
@pytest.mark.parametrize("output", ["json", "table", "csv"])
def test_a_log_without_any_token_says_so_in_every_format(
    record: dict[str, Any], output: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [record])
    words = ["query", log, "-g", "total", "-f", output]
    assert "callstats: no call has a token where callstats looks: " in run_cli(*words).stderr
    assert run_cli(*words, "-q").stderr == ""
    assert "token" not in run_cli(*words, "--calls", "call_count").stderr
    write_lines(tmp_path / "b.jsonl", [call("b", usage={"m": {"prompt_tokens": 5}})])
    assert "has a token" not in run_cli(*words, tmp_path / "b.jsonl").stderr


@pytest.mark.parametrize("name", ["a.jsonl", "a.json", "a.csv"])
def test_a_source_without_a_call_says_so(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / name).write_text("" if name != "a.json" else "[]")
    done = run_cli.query(tmp_path / name, *TOKENS)
    assert (done.code, done.stderr) == (0, "callstats: no call matches: the source holds no calls\n")


def test_a_duration_stands_for_a_missing_end(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [
        {"ts": START, "duration_ms": 1500, "ended_at": None},
        {"ts": START, "duration_ms": 99, "ended_at": "2026-03-01T10:00:02Z"},
        {"ts": START, "duration_ms": None, "ended_at": None},
        {"ts": START, "duration_ms": "0.25", "ended_at": ""},
    ]
    log = write_lines(tmp_path / "a.jsonl", rows)
    done = run_cli.query(log, "--calls", "latency_ms:sum,count,min", "-g", "total")
    row = done.calls[0]
    assert row["sum_latency_ms"] == 1500 + 2000 + 0.25
    assert (row["count_latency_ms"], row["min_latency_ms"], row["count"]) == (3, 0.25, 4)


def test_a_log_without_models_has_a_null_model(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [{"ts": START, "input_tokens": 5}])
    assert tokens(run_cli.query(log, *TOKENS)) == {None: (5, 0)}


def test_map_names_columns(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(
        tmp_path / "a.jsonl",
        [{"when": START, "llm": "m", "in": 5, "out": 2, "who": "u", "took": 1.5, "bad": "yes"}],
    )
    mapped = {
        "started_at": "when", "model": "llm", "input_tokens": "in", "output_tokens": "out",
        "wb_user_id": "who", "duration:s": "took", "error": "bad",
    }  # fmt: skip
    words = [word for name, path in mapped.items() for word in ("--map", f"{name}={path}")]
    done = run_cli.query(
        log, *words, *TOKENS, "--calls", "latency_ms", "--calls", "error_count", "--user", "u"
    )
    assert tokens(done) == {"m": (5, 2)}
    assert done.calls == [
        {"timestamp": START, "sum_latency_ms": 1500.0, "sum_error_count": 1, "count": 1}
    ]


def test_map_paths_go_into_objects_and_a_column_of_that_name_wins(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    nested = {"ts": START, "model": "m", "u": {"in": 5, "deep": {"er": 2}}}
    asked = ["--map", "input_tokens=u.in", "--map", "output_tokens=u.deep.er", *TOKENS]
    log = write_lines(tmp_path / "a.jsonl", [nested])
    pq.write_table(pa.Table.from_pylist([nested]), tmp_path / "a.parquet")
    for path in (log, tmp_path / "a.parquet"):
        assert tokens(run_cli.query(path, *asked)) == {"m": (5, 2)}
    both = {**nested, "u.in": 50}
    log = write_lines(tmp_path / "b.jsonl", [both])
    pq.write_table(pa.Table.from_pylist([both]), tmp_path / "b.parquet")
    for path in (log, tmp_path / "b.parquet"):
        assert tokens(run_cli.query(path, *asked)) == {"m": (50, 2)}


def test_map_constants(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [{"ts": START, "input_tokens": 5}])
    asked = ["--map", "model='it''s m'", "--map", "project_id='p'", "--map", "op_name='chat'"]
    done = run_cli.query(log, *asked, *TOKENS, "-p", "p", "--op", "chat")
    assert tokens(done) == {"it's m": (5, 0)}


@pytest.mark.parametrize(
    ("unit", "number"),
    [("s", 1772359200), ("ms", 1772359200000), ("us", 1772359200000000), ("ns", 1772359200000000000)],
)
@pytest.mark.parametrize("typed", [True, False])
def test_map_units(unit: str, number: int, typed: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    # One more row, near 1970, leaves the unit to be told by no magnitude.
    rows = [{"t": number}, {"t": 7}]
    log = write_lines(tmp_path / "a.jsonl", rows)
    if typed:
        log = tmp_path / "a.parquet"
        pq.write_table(pa.Table.from_pylist(rows), log)
    done = run_cli.query(
        log, "--map", f"started_at:{unit}=t", *COUNT, "-s", START, "-u", "2026-03-02T00:00"
    )
    assert done.counted == 1


def test_map_unit_overrides_the_magnitude(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [{"t": 5000}])
    done = run_cli.query(log, "--map", "started_at:ms=t", *COUNT)
    assert done.answer["start"] == "1970-01-01T00:00:05Z"


def test_time_origin(run_cli: CommandLine, tmp_path: Path) -> None:
    rows = [{"timestamp": 0}, {"timestamp": 90.5}, {"timestamp": "-1"}]
    log = write_lines(tmp_path / "a.jsonl", rows)
    done = run_cli.query(log, "--time-origin", START, *COUNT)
    assert done.answer["start"] == "2026-03-01T09:59:59Z"
    assert done.answer["end"] == "2026-03-01T10:01:30.500001Z"
    pq.write_table(pa.table({"timestamp": [0, 90500]}), tmp_path / "a.parquet")
    asked = ["--time-origin", START, "--map", "started_at:ms=timestamp", *COUNT]
    done = run_cli.query(tmp_path / "a.parquet", *asked)
    assert done.answer["end"] == "2026-03-01T10:01:30.500001Z"


def test_log_timezone_reads_naive_times(run_cli: CommandLine, tmp_path: Path) -> None:
    # 05:00 in New York in winter is 10:00 UTC; an offset of its own is kept, as are epoch numbers.
    rows = [{"ts": "2026-03-01T05:00:00"}, {"ts": "2026-03-01 05:00:00.000"}, {"ts": START}]
    log = write_lines(tmp_path / "a.jsonl", [*rows, {"ts": 1772359200}, {"ts": "20260301T050000"}])
    done = run_cli.query(log, "--log-timezone", "America/New_York", *COUNT)
    assert (done.counted, done.answer["start"]) == (5, START)
    assert done.answer["end"] == "2026-03-01T10:00:00.000001Z"


def test_log_timezone_knows_clock_changes(run_cli: CommandLine, tmp_path: Path) -> None:
    naive = [datetime(2026, 7, 1, 6), datetime(2026, 12, 1, 5)]  # both 10:00 UTC in New York
    pq.write_table(pa.table({"ts": pa.array(naive, pa.timestamp("us"))}), tmp_path / "a.parquet")
    log = write_lines(tmp_path / "a.jsonl", [{"ts": at.isoformat()} for at in naive])
    for path in (tmp_path / "a.parquet", log):
        done = run_cli.query(path, "--log-timezone", "America/New_York", *COUNT)
        assert done.answer["start"] == "2026-07-01T10:00:00Z"
        assert done.answer["end"] == "2026-12-01T10:00:00.000001Z"


def test_naive_parquet_times_are_utc(run_cli: CommandLine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"ts": [datetime(2026, 3, 1, 10)]}), tmp_path / "a.parquet")
    assert run_cli.query(tmp_path / "a.parquet", *COUNT).answer["start"] == START


@pytest.mark.parametrize(
    "column",
    [
        pa.array([datetime(2026, 3, 1, 10, tzinfo=UTC)], pa.timestamp("us", "UTC")),
        pa.array([datetime(2026, 3, 1, 10, tzinfo=UTC)], pa.timestamp("ns", "America/New_York")),
        pa.array([datetime(2026, 3, 1, 10)], pa.timestamp("ms")),
        pa.array([datetime(2026, 3, 1, 10)], pa.timestamp("s")),
        pa.array([1772359200], pa.int32()),
        pa.array([1772359200], pa.uint64()),
        pa.array([1772359200.0]),
        pa.array([1772359200000]),
        pa.array([1772359200000000]),
        pa.array([1772359200000000999]),
        pa.array([Decimal("1772359200.000")]),
        pa.array(["1772359200"]),
        pa.array(["2026-03-01T11:00:00+01:00"]),
        pa.array(["2026-03-01T11:00:00+01:00"]).dictionary_encode(),
        pa.array(["2026-03-01T10:00:00Z"], pa.large_string()),
    ],
    ids=lambda column: str(column.type),
)
def test_parquet_types_of_times(column: Any, run_cli: CommandLine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"started_at": column, "model": ["m"]}), tmp_path / "a.parquet")
    asked = ["-s", START, "-u", "2026-03-01T10:00:00.000001Z", *COUNT]
    done = run_cli.query(tmp_path / "a.parquet", *asked)
    names_no_zone = pa.types.is_timestamp(column.type) and column.type.tz is None
    said = "times without a zone in 'started_at' are read as UTC; " if names_no_zone else ""
    assert done.counted == 1
    assert done.stderr[len("callstats: ") :].startswith(said) if said else done.stderr == ""


def test_parquet_dates_are_their_midnight(run_cli: CommandLine, tmp_path: Path) -> None:
    pq.write_table(pa.table({"date": [date(2026, 3, 1)], "model": ["m"]}), tmp_path / "a.parquet")
    done = run_cli.query(tmp_path / "a.parquet", *COUNT)
    assert done.answer["start"] == "2026-03-01T00:00:00Z"


@pytest.mark.parametrize(
    ("column", "total", "unreadable"),
    [
        (pa.array([5, None], pa.int8()), 5, 0),
        (pa.array([5, 2**40], pa.uint64()), 5 + 2**40, 0),
        (pa.array([5.0, float("nan")]), 5, 1),
        (pa.array([5.5, float("inf")], pa.float32()), 5.5, 1),
        (pa.array([5, -1]), 5, 1),
        (pa.array([Decimal("5.25"), Decimal("1.00")]), 6.25, 0),
        (pa.array([True, None]), 0, 1),
        (pa.array(["5", "x"]), 5, 1),
        (pa.array([[5], None]), 0, 1),
    ],
    ids=lambda value: str(getattr(value, "type", value)),
)
def test_parquet_types_of_counts(
    column: Any, total: float, unreadable: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    table = pa.table({"ts": [START, START], "model": ["m", "m"], "input_tokens": column})
    pq.write_table(table, tmp_path / "a.parquet")
    done = run_cli.query(tmp_path / "a.parquet", *TOKENS, "--meta")
    assert tokens(done) == {"m": (total, 0)}
    assert done.quality.get("unreadable_counts", 0) == unreadable


def test_units_of_stored_numbers_are_decided_per_file(run_cli: CommandLine, tmp_path: Path) -> None:
    for number, power in enumerate((0, 3, 6, 9)):
        table = pa.table({"started_at": [1772359200 * 10**power], "model": ["m"]})
        pq.write_table(table, tmp_path / f"{number}.parquet")
    asked = ["-s", START, "-u", "2026-03-01T10:00:00.000001Z", *COUNT]
    assert run_cli.query(tmp_path, *asked).counted == 4


def test_keys_that_appear_late_in_a_file(run_cli: CommandLine, tmp_path: Path) -> None:
    rows: list[dict[str, Any]] = [{"ts": START}] * 500
    log = write_lines(tmp_path / "a.jsonl", [*rows, {"ts": START, "model": "m", "input_tokens": 5}])
    assert tokens(run_cli.query(log, *TOKENS)) == {"m": (5, 0)}


def test_a_line_longer_than_the_engine_expects(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a"), call("b", inputs={"q": "x" * 17_000_000})])
    done = run_cli.query(log, *COUNT)
    assert (done.counted, done.stderr) == (2, "")


@pytest.mark.parametrize("name", ["{}", "x'y", "sp ace", "ünï", "new\nline", "%s", "$a", 'q"q', "a;b"])
def test_odd_file_names(name: str, run_cli: CommandLine, tmp_path: Path) -> None:
    write_lines(tmp_path / name / f"{name}.jsonl", [call("a")])
    write_parquet_text(tmp_path / name / f"{name}.parquet", [call("b")])
    assert run_cli.query(tmp_path / name, *COUNT).counted == 2
    assert run_cli.query(tmp_path / name / f"{name}.jsonl", *COUNT).counted == 1


# Data of others


def test_azure_code_trace(run_cli: CommandLine) -> None:
    log = shared("data/azure_llm_2023/AzureLLMInferenceTrace_code.csv")
    asked = ["--usage", "input_tokens:sum,p50", "--usage", "output_tokens:sum,p50", "-g", "total"]
    total = run_cli.query(log, *asked)
    assert total.answer["start"] == "2023-11-16T18:17:03.979960Z"
    assert total.answer["end"] == "2023-11-16T19:14:19.928017Z"
    assert total.usage == [
        {
            "timestamp": "2023-11-16T18:17:03.979960Z",
            "model": None,
            "sum_input_tokens": 18_059_974,
            "p50_input_tokens": 1469.0,
            "sum_output_tokens": 245_896,
            "p50_output_tokens": 13.0,
            "count": 8_819,
        }
    ]
    hours = run_cli.query(log, "--calls", "call_count", "-g", "1h")
    assert [row["count"] for row in hours.calls] == [7_717, 1_102]


def test_azure_conversation_trace(run_cli: CommandLine) -> None:
    log = shared("data/azure_llm_2023/AzureLLMInferenceTrace_conv.csv")
    asked = ["--usage", "input_tokens:sum,p50", "--usage", "output_tokens:sum,p50", "-g", "1d"]
    row = run_cli.query(log, *asked).usage[0]
    assert (row["count"], row["sum_input_tokens"], row["p50_input_tokens"]) == (
        19_366,
        22_361_870,
        1020,
    )
    assert (row["sum_output_tokens"], row["p50_output_tokens"]) == (4_088_665, 129)
    hours = run_cli.query(log, "--calls", "call_count", "-g", "1h")
    assert [row["count"] for row in hours.calls] == [15_606, 3_760]
    assert hours.answer["start"] == "2023-11-16T18:15:46.680590Z"


@pytest.mark.parametrize(
    ("name", "count", "sent", "written", "mean_sent", "mean_written", "last"),
    [
        (
            "conversation",
            12_031,
            144_793_823,
            4_122_048,
            12_035.06,
            342.62,
            "2026-03-01T00:58:56.999001Z",
        ),
        ("synthetic", 3_993, 61_194_628, 595_432, 15_325.48, 149.12, "2026-03-01T00:17:02.025001Z"),
    ],
)
def test_mooncake_traces_of_relative_milliseconds(
    name: str,
    count: int,
    sent: int,
    written: int,
    mean_sent: float,
    mean_written: float,
    last: str,
    run_cli: CommandLine,
) -> None:
    log = shared(f"data/mooncake_fast25/{name}_trace.jsonl")
    done = run_cli.query(
        *(log, "--map", "started_at:ms=timestamp", "--time-origin", "2026-03-01T00:00:00Z"),
        *("--usage", "input_tokens:sum,avg", "--usage", "output_tokens:sum,avg", "-g", "total"),
    )
    (row,) = done.usage
    assert (row["count"], row["sum_input_tokens"], row["sum_output_tokens"]) == (count, sent, written)
    assert row["avg_input_tokens"] == pytest.approx(mean_sent, abs=0.005)
    assert row["avg_output_tokens"] == pytest.approx(mean_written, abs=0.005)
    assert (done.answer["start"], done.answer["end"]) == ("2026-03-01T00:00:00Z", last)


@pytest.mark.parametrize("name", ["calls_stream_query.jsonl", "wal.jsonl"])
def test_what_the_weave_client_wrote(name: str, run_cli: CommandLine) -> None:
    log = shared(f"data/weave_generated/{name}")
    asked = [
        *(*TOKENS, "--usage", "total_tokens", "--usage", "cache_read_input_tokens"),
        *("--calls", "call_count"),
    ]
    done = run_cli.query(log, *asked)
    rows = {row["model"]: list(row.values())[2:] for row in done.usage}
    assert rows["gpt-4o-mini-2024-07-18"] == [22, 14, 36, 8, 2]
    assert rows["claude-sonnet-4-5"][:2] == [20, 5]
    assert rows["claude-sonnet-4-5"][3:] == [100, 1]
    assert done.counted == 8
    recorded = run_cli.query(log, *asked, "--usage-scope", "recorded")
    row = next(row for row in recorded.usage if row["model"] == "gpt-4o-mini-2024-07-18")
    assert list(row.values())[2:5] == [55, 35, 90]


@pytest.mark.parametrize(
    ("name", "count", "odd"),
    [
        ("weave_calls.jsonl", 14, {"deleted": 1}),
        ("weave_calls_jsonstr.parquet", 14, {"deleted": 1}),
        ("weave_calls_struct.parquet", 15, {}),  # it has no column that says so
    ],
)
def test_sample_of_an_export(name: str, count: int, odd: dict[str, int], run_cli: CommandLine) -> None:
    done = run_cli.query(
        *(shared(f"samples/{name}"), *TOKENS, "--usage", "cache_read_input_tokens"),
        *("--calls", "error_count", "--calls", "latency_ms:count", "--meta"),
    )
    rows = {row["model"]: list(row.values())[2:5] for row in done.usage}
    assert rows["gpt-4o-mini-2024-07-18"] == [1200, 300, 512]
    assert rows["claude-sonnet-4-5-20250929"] == [20, 640, 18000]
    assert done.calls[0]["count"] == count
    assert done.calls[0]["sum_error_count"] == 1
    assert done.calls[0]["count_latency_ms"] == count - 1
    quality = {kind: number for kind, number in done.quality.items() if kind[:2] != "un"}
    assert quality == {"merged": 1, "running": 1, **odd}


def test_sample_of_an_export_with_odd_counts(run_cli: CommandLine) -> None:
    done = run_cli.query(shared("samples/weave_calls.jsonl"), *TOKENS, "--meta")
    sums = set(tokens(done).values())
    assert {(40, 8), (12, 3)} <= sums  # both families equal are one count; counts as text
    assert done.quality["unusable_usage_entries"] == 1
    recorded = run_cli.query(shared("samples/weave_calls.jsonl"), *TOKENS, "--usage-scope", "recorded")
    assert tokens(recorded)["gpt-4o-mini-2024-07-18"] == (2400, 600)


def test_sample_of_a_write_ahead_log(run_cli: CommandLine) -> None:
    log = shared("samples/weave_wal.jsonl")
    done = run_cli.query(
        log, *TOKENS, "--calls", "latency_ms:count", "--calls", "error_count", "--meta"
    )
    assert tokens(done) == {"gpt-4o": (100, 20)}
    # Of four calls one has lost its start, and with it its error.
    assert done.calls[0]["count"] == 3
    assert (done.calls[0]["count_latency_ms"], done.calls[0]["sum_error_count"]) == (2, 0)
    assert done.quality == {"malformed": 1, "torn": 1, "undated": 1, "running": 1}
