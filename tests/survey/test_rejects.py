"""`--rejects`: what was skipped or nulled, with its place in its file (spec 12)."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from damaged_files import unreadable_files
from log_files import call, write_array, write_lines, write_parquet_map, write_parquet_text

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

START = "2026-03-01T10:00:00Z"
DEFAULT = (
    "--usage",
    "input_tokens",
    "--usage",
    "output_tokens",
    "--calls",
    "latency_ms",
    "-g",
    "total",
)


def rejected(
    run_cli: CommandLine, folder: Path, *words: object
) -> tuple[Outcome, list[tuple[Any, ...]]]:
    """The run, and of each line written its file's name, line, kind and column."""
    done = run_cli.query(*words, *DEFAULT, "--meta", "--rejects", folder / "rejects")
    lines = [json.loads(line) for line in (folder / "rejects").read_text().splitlines()]
    for line in lines:
        assert list(line) == ["file", "line", "kind", "column", "text"]
    return done, [
        (line["file"].rsplit("/", 1)[-1], line["line"], line["kind"], line["column"]) for line in lines
    ]


def odd_calls() -> list[dict[str, Any]]:
    """Calls of which two models, a start, an end, an entry and two counts cannot be read."""
    return [
        call("a", usage={"m": {"input_tokens": -1, "output_tokens": 1}, "n": {"input_tokens": 5}}),
        call("b", "garbage", ended_at=START),
        call("c", usage={"m": 5, "n": {"input_tokens": 2}, "o": {"output_tokens": "x"}}),
        call("d", ended_at="never", usage={"m": {"input_tokens": 3}}),
        call("e", None),
    ]


def test_json_lines(run_cli: CommandLine, tmp_path: Path) -> None:
    calls = [json.dumps(item) for item in odd_calls()]
    half = r'{"id":"s","op_name":"\ud83d","started_at":"2026-03-01T10:00:00Z","summary":{"usage":'
    lines = [
        calls[0], "", "torn {", " \t", *calls[1:], half + '{"m":{"input_tokens":[]}}}}', "[]",
    ]  # fmt: skip
    log = write_lines(tmp_path / "a.jsonl", [*lines, json.dumps(call("y", START))])
    log.write_bytes(log.read_bytes() + b'{"id":"z')
    done, found = rejected(run_cli, tmp_path, log)
    expected = [
        (1, "unreadable_counts", "input_tokens"),
        (3, "not_json", None),
        (5, "undated", None),
        (5, "unreadable_times", "started_at"),
        (6, "unreadable_counts", "output_tokens"),
        (6, "unusable_usage_entries", None),
        (7, "unreadable_times", "ended_at"),
        (8, "undated", None),
        (9, "unreadable_counts", "input_tokens"),
        (10, "not_an_object", None),
        (12, "torn", None),
    ]
    assert found == [("a.jsonl", *item) for item in expected]
    assert done.quality == {
        "malformed": 3,
        "not_json": 1,
        "not_an_object": 1,
        "torn": 1,
        "undated": 2,
        "unreadable_times": 2,
        "unreadable_counts": 3,
        "unusable_usage_entries": 1,
        "running": 5,
    }
    first = json.loads((tmp_path / "rejects").read_text().splitlines()[0])
    assert first == {
        "file": str(log), "line": 1, "kind": "unreadable_counts", "column": "input_tokens",
        "text": calls[0],
    }  # fmt: skip


def test_nothing_odd_leaves_an_empty_file(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "rejects").write_text("of another run")
    log = write_lines(tmp_path / "a.jsonl", [call("a"), call("a"), call("b", ended_at=START)])
    assert rejected(run_cli, tmp_path, log)[1] == []


def test_lines_are_cut(run_cli: CommandLine, tmp_path: Path) -> None:
    log = tmp_path / "a.jsonl"
    log.write_bytes(b"\xff" + "é".encode() * 5_000 + b"\n" + json.dumps(call("a")).encode() + b"\r\n")
    assert run_cli.query(log, "--rejects", tmp_path / "r").code == 0
    assert json.loads((tmp_path / "r").read_text())["text"] == "\ufffd" + "é" * 1_999


def test_several_files_of_several_kinds(run_cli: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        write_lines(folder / name, odd_calls()[:2])
    (folder / "c.jsonl.gz").write_bytes(gzip.compress((folder / "a.jsonl").read_bytes() + b"x\n"))
    write_array(folder / "d.json", odd_calls())
    (folder / "d.json").write_text((folder / "d.json").read_text()[:-2] + ",\n 5]")
    write_parquet_text(folder / "e.parquet", odd_calls() * 3)
    write_parquet_map(folder / "f.parquet", [call("x", usage={"m": {"input_tokens": -4}}), call("y")])
    write_parquet_map(folder / "g.parquet", [*[call(str(n)) for n in range(20)], call("z", None)])
    _, found = rejected(run_cli, tmp_path, folder, "--dedupe", "never")
    two_lines = [
        (1, "unreadable_counts", "input_tokens"),
        (2, "undated", None),
        (2, "unreadable_times", "started_at"),
    ]
    of_five = [
        (0, "unreadable_counts", "input_tokens"),
        (1, "undated", None),
        (1, "unreadable_times", "started_at"),
        (2, "unreadable_counts", "output_tokens"),
        (2, "unusable_usage_entries", None),
        (3, "unreadable_times", "ended_at"),
        (4, "undated", None),
    ]
    text = (folder / "d.json").read_text()
    begins = [text[: text.index(f'"id": "{name}"')].count("\n") for name in "abcde"]
    assert found == [
        *(("a.jsonl", *item) for item in two_lines),
        *(("b.jsonl", *item) for item in two_lines),
        *(("c.jsonl.gz", *item) for item in two_lines),
        ("c.jsonl.gz", 3, "not_json", None),
        *(("d.json", begins[item], kind, column) for item, kind, column in of_five),
        ("d.json", text.count("\n") + 1, "not_an_object", None),
        *(
            ("e.parquet", 5 * times + item + 1, kind, column)
            for times in range(3)
            for item, kind, column in of_five
        ),
        ("f.parquet", 1, "unreadable_counts", "input_tokens"),
        ("g.parquet", 21, "undated", None),
    ]


def test_delimited_text(run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(
        b'ts,model,input_tokens,note,duration_ms\n2026-03-01,m,1,"a\nb",1\n2026-03-01,m,1\n\n'
        b"2026-03-01,m,xx,c,2\nbad,m,1,c,2\n2026-03-01,m,1,c,zz\n2026-03-01,m,1,c,1,8\n"
        b"2026-03-01,\xff,1,\xff,2\n2026-03-01,m,-1,c,1e300\n"
    )
    done, found = rejected(run_cli, tmp_path, path)
    assert found == [
        ("a.csv", 4, "not_a_row", None),
        ("a.csv", 6, "unreadable_counts", "input_tokens"),
        ("a.csv", 7, "undated", None),
        ("a.csv", 7, "unreadable_times", "started_at"),
        ("a.csv", 8, "unreadable_times", "duration"),
        ("a.csv", 9, "not_a_row", None),
        ("a.csv", 10, "not_a_row", None),
        ("a.csv", 11, "unreadable_counts", "input_tokens"),
        ("a.csv", 11, "unreadable_times", "duration"),
    ]
    assert done.quality == {
        "malformed": 3,
        "not_a_row": 3,
        "undated": 1,
        "unreadable_times": 3,
        "unreadable_counts": 2,
        "running": 2,
    }


@pytest.mark.parametrize(
    ("refused", "line"), [('2026-03-01,"m"x,1', 4), ("short", 4), ('a,b,"c\nd",e', 5)]
)
def test_a_row_after_a_refused_one(
    refused: str, line: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"ts,model,input_tokens\n2026-03-01,m,1\n{refused}\n2026-03-01,m,odd\n")
    assert rejected(run_cli, tmp_path, path)[1] == [
        ("a.csv", 3, "not_a_row", None),
        ("a.csv", line, "unreadable_counts", "input_tokens"),
    ]


def test_a_quote_that_is_never_closed_takes_the_rest_of_the_file(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    path = tmp_path / "a.csv"
    path.write_text('ts,model,input_tokens\n2026-03-01,m,1\n2026-03-01,"m,1\n2026-03-01,m,odd\n')
    done, found = rejected(run_cli, tmp_path, path)
    assert (done.counted, found) == (1, [("a.csv", 3, "not_a_row", None)])


def test_a_row_longer_than_pythons_reader_expects(run_cli: CommandLine, tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"ts,model,input_tokens,note\n2026-03-01,m,1,{'x' * 200_000}\n2026-03-01,m,odd,x\n")
    assert rejected(run_cli, tmp_path, path)[1] == [("a.csv", 3, "unreadable_counts", "input_tokens")]


@pytest.mark.parametrize("typed", [True, False])
def test_parquet_read_in_place_and_in_part(typed: bool, run_cli: CommandLine, tmp_path: Path) -> None:
    counts = [float(number) for number in range(30)]
    counts[17] = float("nan")
    counts[25] = -1.0
    columns = {"ts": [f"2026-03-01T10:00:{n:02}Z" for n in range(30)], "input_tokens": counts}
    table = pa.table(columns)
    if typed:
        times = table["ts"].cast(pa.timestamp("us", "UTC"))
        table = table.set_column(0, "ts", times)
    pq.write_table(table, tmp_path / "a.parquet", row_group_size=4)
    _, found = rejected(run_cli, tmp_path, tmp_path / "a.parquet")
    both = [("a.parquet", row, "unreadable_counts", "input_tokens") for row in (18, 26)]
    assert found == both
    asked = ("-s", "2026-03-01T10:00:09", "-u", "2026-03-01T10:00:20")
    assert rejected(run_cli, tmp_path, tmp_path / "a.parquet", *asked)[1] == both[:1]


def test_usage_of_a_merged_call_is_where_it_was_written(run_cli: CommandLine, tmp_path: Path) -> None:
    start = {"id": "a", "project_id": "p", "op_name": "x", "started_at": START}
    end = {"id": "a", "ended_at": START, "summary": {"usage": {"m": {"input_tokens": "x"}}}}
    lost = {"id": "b", "ended_at": START}
    lines = [
        {"type": "obj_create", "req": {"obj": {}}},
        {"type": "call_start", "req": {"start": start}},
        {"type": "obj_create", "req": {"obj": {}}},
        {"type": "call_end", "req": {"end": end}},
        {"type": "call_end", "req": {"end": lost}},
    ]
    log = write_lines(tmp_path / "wal.jsonl", lines)
    assert rejected(run_cli, tmp_path, log)[1] == [
        ("wal.jsonl", 4, "unreadable_counts", "input_tokens"),
        ("wal.jsonl", 5, "undated", None),
    ]


def test_files_that_were_skipped_say_why(run_cli: CommandLine, tmp_path: Path) -> None:
    bad = unreadable_files(tmp_path / "logs")
    write_lines(tmp_path / "logs" / "good.jsonl", [call("a")])
    _, found = rejected(run_cli, tmp_path, tmp_path / "logs", "--skip-bad-files")
    assert found == sorted((path.name, None, "skipped_files", None) for path in bad)
    texts = [json.loads(line)["text"] for line in (tmp_path / "rejects").read_text().splitlines()]
    assert all(texts)
    assert [path.name for path, text in zip(sorted(bad), texts, strict=True) if "\n" in text] == []


def test_the_file_is_replaced_only_by_success(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a"), "x"])
    rejects = tmp_path / "rejects"
    rejects.write_text("before")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    assert run_cli.query(tmp_path / "bad.parquet", log, "--rejects", rejects).code == 1
    assert run_cli.query(log, "-o", tmp_path / "no" / "a.json", "--rejects", rejects).code == 1
    assert run_cli.query(log, "-g", "often", "--rejects", rejects).code == 2
    assert rejects.read_text() == "before"
    assert run_cli.query(log, "--rejects", rejects, "--strict").code == 3
    assert [json.loads(line)["line"] for line in rejects.read_text().splitlines()] == [2]


def test_the_file_is_neither_the_answers_nor_a_log(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    before = log.read_text()
    for words, message in (
        (["--rejects", "-"], "--rejects wants a file of its own; stdout is the answer's"),
        (["--rejects", "r", "-o", "./r", "-f", "table"], "--rejects wants a file of its own; stdout"),
        (
            ["--rejects", "a.jsonl"],
            "cannot write 'a.jsonl': it is one of the sources; name another file",
        ),
    ):
        assert run_cli("query", "a.jsonl", *words).error(2).startswith(message)
    assert run_cli("query", "a.jsonl", "--rejects", "no/r").error(1).startswith("cannot write 'no/r'")
    assert log.read_text() == before


def test_a_line_of_several_calls(run_cli: CommandLine, tmp_path: Path) -> None:
    def span(number: int, start: str, tokens: dict[str, str]) -> dict[str, Any]:
        attributes = [
            {"key": "gen_ai.request.model", "value": {"stringValue": "m"}},
            {"key": "gen_ai.usage.input_tokens", "value": tokens},
        ]
        times = {"startTimeUnixNano": start, "endTimeUnixNano": "1772359201000000000"}
        return {
            "traceId": "t",
            "spanId": str(number),
            "name": "chat",
            **times,
            "attributes": attributes,
        }

    def batch(*spans: dict[str, Any]) -> str:
        return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})

    good, start = {"intValue": "1"}, "1772359200000000000"
    lines = [
        batch(span(1, start, good), span(2, start, good)),
        "",
        batch(span(3, start, good), span(4, start, {"stringValue": "many"})),
        "x",
        batch(span(5, "soon", good)),
    ]
    _, found = rejected(run_cli, tmp_path, write_lines(tmp_path / "a.jsonl", lines))
    assert found == [
        ("a.jsonl", 3, "unreadable_counts", "prompt_tokens"),
        ("a.jsonl", 4, "not_json", None),
        ("a.jsonl", 5, "undated", None),
        ("a.jsonl", 5, "unreadable_times", "started_at"),
    ]


def test_a_list_of_calls_that_begins_with_something_else(run_cli: CommandLine, tmp_path: Path) -> None:
    times = {"startTimeUnixNano": "1772359200000000000", "endTimeUnixNano": "1772359201000000000"}
    tokens = {"key": "gen_ai.usage.input_tokens", "value": {"stringValue": "many"}}

    def batch(*spans: object) -> str:
        return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]})

    spans: list[dict[str, Any]] = [
        {"traceId": "t", "spanId": str(number), "name": "chat", **times, "attributes": [tokens]}
        for number in range(3)
    ]
    spans[1]["name"] = "\ud83d"  # the engine leaves such a line to Python
    log = write_lines(tmp_path / "a.jsonl", [batch(spans[0]), batch(5, spans[1], None, spans[2])])
    done, found = rejected(run_cli, tmp_path, log)
    assert done.counted == 3
    assert found == [("a.jsonl", line, "unreadable_counts", "prompt_tokens") for line in (1, 2, 2)]
