"""Hostile input, one group per entry point: never an injection, a traceback, a hang or a wrong number."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from asking import FILTER_FLAGS
from log_files import (
    call,
    write_ahead_log,
    write_lines,
    write_parquet_map,
    write_parquet_struct,
    write_parquet_text,
)
from printed_sql import assert_the_script_answers_the_same
from random_logs import PLACES, random_case

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine

START = "2026-03-01T10:00:00Z"
COUNT = ("--calls", "call_count", "-g", "total")
TOKENS = ("--usage", "input_tokens", "-g", "total")
HOSTILE = [
    "'",
    "''",
    '"',
    "'; drop table merged; --",
    "'); drop table loaded_0; --",
    '"); select 1; --',
    "' or '1'='1",
    "-- comment",
    "/* columns */",
    "/* table */",
    "$op_names",
    "$1",
    "$$",
    "?",
    ":name",
    "{x}",
    "{0}",
    "%s",
    "%(x)s",
    "\\",
    "\\'",
    "\\u0041",
    "new\nline",
    "car\rriage",
    "tab\t",
    "nul\0inside",
    "\x1b[31mred",
    "\u202eright to left",
    "\u2028line separator",
    "🦆",
    "e\u0301 and é",
    " blanks ",
    "null",
    "NULL",
    "true",
    "a,b;c|d",
    "$.a.b",
    "x" * 100_000,
]
# A flag cannot hold a NUL, and a file name has at most 255 bytes.
AS_WORDS = [text for text in HOSTILE if "\0" not in text]
ONE_OF_EACH = [
    *("'", '"', "'; drop table merged; --", "/* columns */", "$op_names", "{x}", "%s", "\\"),
    *("new\nline", "\x1b[31mred", "\u202eright to left", "🦆", "null", "$.a.b", "x" * 100_000),
]


def short(text: object) -> str:
    """A name for a test's parameter."""
    return ascii(text)[:24]


# Text fields of a log, and filter values

FIELDS = {
    "op_names": "op_name",
    "parent_ids": "parent_id",
    "trace_ids": "trace_id",
    "call_ids": "id",
    "thread_ids": "thread_id",
    "turn_ids": "turn_id",
    "wb_user_ids": "wb_user_id",
    "wb_run_ids": "wb_run_id",
}


def hostile_calls() -> list[dict[str, Any]]:
    """A call for each hostile text, which stands in every field; call n takes 2n ms."""
    return [
        {
            **dict.fromkeys(FIELDS.values(), text),
            "id": text,
            "exception": text,
            "project_id": text,
            "started_at": START,
            "ended_at": f"2026-03-01T10:00:00.{2 * number:03}Z",
            "inputs": {text: [text]},
            "output": text,
            "summary": {"usage": {text: {"input_tokens": number, "x": text}}},
        }
        for number, text in enumerate(HOSTILE)
    ]


def body(tmp_path: Path, **fields: Any) -> list[object]:
    """The words that ask a body: sums of latencies in one bucket."""
    asked = {
        "project_id": "'",
        "start": START,
        "end": "2026-03-01T10:00:01Z",
        "call_metrics": [{"metric": "latency_ms"}],
        **fields,
    }
    path = tmp_path / "body.json"
    path.write_text(json.dumps(asked))
    return ["--request", path, "-g", "total"]


@pytest.mark.parametrize("field", FIELDS)
def test_filter_values_match_hostile_fields_exactly(
    field: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [{**item, "project_id": None} for item in hostile_calls()])
    for chosen in (range(0, len(HOSTILE), 3), [25]):
        values = [HOSTILE[number] for number in chosen]
        done = run_cli.query(log, *body(tmp_path, filter={field: values}))
        assert done.calls[0]["sum_latency_ms"] == sum(2 * number for number in chosen)
        assert done.counted == len(chosen)


@pytest.mark.parametrize(
    ("name", "writer"),
    [
        ("a.jsonl", write_lines),
        ("wal.jsonl", write_ahead_log),
        ("a.parquet", write_parquet_text),
        ("b.parquet", write_parquet_map),
    ],
)
def test_hostile_texts_in_every_field_of_a_log(
    name: str, writer: Any, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = writer(tmp_path / name, hostile_calls())
    done = run_cli.query(log, *TOKENS, "--calls", "error_count")
    assert {row["model"]: row["sum_input_tokens"] for row in done.usage} == {
        text: number for number, text in enumerate(HOSTILE)
    }
    assert done.calls == [{"timestamp": START, "sum_error_count": len(HOSTILE), "count": len(HOSTILE)}]
    assert done.stderr == ""


@pytest.mark.parametrize("text", ONE_OF_EACH, ids=short)
def test_flags_match_hostile_fields_exactly(text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [*hostile_calls(), call("other", project_id=text)])
    words = [word for name, flag in FILTER_FLAGS.items() if name in FIELDS for word in (flag, text)]
    done = run_cli.query(log, "--calls", "latency_ms", "-g", "total", "-p", text, *words)
    took = 2.0 * HOSTILE.index(text)
    assert done.calls == [{"timestamp": START, "sum_latency_ms": took, "count": 1}]


def test_a_lone_surrogate_in_every_field(run_cli: CommandLine, tmp_path: Path) -> None:
    cut = "cut \ud83d"
    item = hostile_calls()[1]
    calls = [item, json.loads(json.dumps(item).replace("\"''\"", json.dumps(cut)))]
    log = write_lines(tmp_path / "a.jsonl", calls)
    done = run_cli.query(log, *TOKENS, "--calls", "error_count")
    assert [row["model"] for row in done.usage] == ["''", "cut \ufffd"]
    assert (done.counted, done.stderr) == (2, "")


def test_a_lone_surrogate_in_a_body_is_no_crash(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    for fields in (
        {"filter": {"op_names": ["\ud83d"]}},
        {"project_id": "\ud83d"},
        {"timezone": "\ud83d"},
    ):
        assert run_cli("query", log, *body(tmp_path, **fields)).error(2)


def test_refs_are_found_among_hostile_texts(run_cli: CommandLine, tmp_path: Path) -> None:
    ref = "weave:///e/p/object/D:v1"
    calls = [
        call(str(number), inputs={text: [text, {text: text}, ref, text]})
        for number, text in enumerate(HOSTILE)
    ]
    decoys = [call(f"d{number}", inputs={"q": text + ref}) for number, text in enumerate(HOSTILE)]
    log = write_lines(tmp_path / "a.jsonl", [*calls, *decoys])
    assert run_cli.query(log, *COUNT, "--input-ref", ref).counted == len(HOSTILE)


def test_refs_with_hostile_names(run_cli: CommandLine, tmp_path: Path) -> None:
    refs = [f"weave:///e/p/object/{text}:v1" for text in HOSTILE]
    log = write_lines(
        tmp_path / "a.jsonl",
        [call(str(number), inputs={"a": ref}) for number, ref in enumerate(refs)],
    )
    values = [*refs[:10], *(ref.removesuffix("v1") + "*" for ref in refs[10:20])]
    asked = body(tmp_path, filter={"input_refs": values}, call_metrics=[{"metric": "call_count"}])
    assert run_cli.query(log, *asked).counted == 20


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    models=st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
        st.integers(0, 2**53),
        min_size=1,
        max_size=5,
    ),
    thread=st.text(st.characters(exclude_categories=["Cs"]), min_size=1),
)
def test_any_text_is_a_model_and_a_thread(
    run_cli: CommandLine, tmp_path: Path, models: dict[str, int], thread: str
) -> None:
    usage = {name: {"input_tokens": count} for name, count in models.items()}
    log = write_lines(
        tmp_path / "a.jsonl", [call("a", usage=usage, thread_id=thread), call("b", usage=usage)]
    )
    asked = body(tmp_path, filter={"thread_ids": [thread]}, usage_metrics=[{"metric": "input_tokens"}])
    rows = run_cli.query(log, *asked).usage
    assert [(row["model"], row["sum_input_tokens"]) for row in rows] == sorted(models.items())


# Column names of logs of one's own


def columns_of(text: str) -> list[dict[str, Any]]:
    """Two rows whose counts and durations stand in columns with hostile names."""
    return [
        {"ts": START, text: 3, f"{text}2": "m", f"other {text}": 1, text + ".x": 7},
        {"ts": START, text: 4, f"{text}2": "n", f"other {text}": None, text + ".x": 8},
    ]


@pytest.mark.parametrize("text", [*ONE_OF_EACH, "a.b", "a b", "é", "=", "a=b", "ts'"], ids=short)
def test_map_takes_hostile_column_names(text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    rows = columns_of(text)  # (a path in quotes would be a constant)
    write_lines(tmp_path / "a.jsonl", rows)
    pq.write_table(pa.Table.from_pylist(rows), tmp_path / "a.parquet")
    mapped = [
        "--map",
        f"input_tokens={text}",
        "--map",
        f"model={text}2",
        "--map",
        f"output_tokens={text}.x",
    ]
    for name in ("a.jsonl", "a.parquet"):
        done = run_cli.query(tmp_path / name, *mapped, *TOKENS, "--usage", "output_tokens")
        found = [list(row.values())[1:] for row in done.usage]
        assert found == [["m", 3, 7, 1], ["n", 4, 8, 1]], name


@pytest.mark.parametrize("text", [*ONE_OF_EACH, "no\u00a0break", "a,b", " a "], ids=short)
def test_delimited_text_with_hostile_headers_and_values(
    text: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    quoted = '"' + text.replace('"', '""') + '"'
    (tmp_path / "a.csv").write_text(f"time,{quoted},model\n{START},3,{quoted}\n{START},4,{quoted}\n")
    done = run_cli.query(tmp_path / "a.csv", "--map", f"input_tokens={text}", *TOKENS)
    assert done.usage == [{"timestamp": START, "model": text, "sum_input_tokens": 7, "count": 2}]


@pytest.mark.parametrize("text", [text for text in ONE_OF_EACH if text != "'"], ids=short)
def test_map_constants_are_texts(text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [{"ts": START, "input_tokens": 3}])
    pq.write_table(pa.table({"ts": [START], "input_tokens": [3]}), tmp_path / "a.parquet")
    constant = "model='" + text.replace("'", "''") + "'"
    for path in (log, tmp_path / "a.parquet"):
        done = run_cli.query(path, "--map", constant, *TOKENS)
        assert done.usage == [{"timestamp": START, "model": text, "sum_input_tokens": 3, "count": 1}]


@pytest.mark.parametrize("text", ONE_OF_EACH, ids=short)
def test_parquet_columns_with_hostile_names_beside_known_ones(
    text: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    table = pa.table(
        {"id": ["a"], "started_at": [START], "op_name": ["x"], text: ["x"], f"{text}\"'": [1]}
    )
    pq.write_table(table, tmp_path / "a.parquet")
    summary = {"usage": {text: {"input_tokens": 3, text: 5}}, text: {"x": 1}}
    write_parquet_struct(tmp_path / "b.parquet", [{"id": "b", "started_at": START, "summary": summary}])
    done = run_cli.query(
        tmp_path / "a.parquet", tmp_path / "b.parquet", *TOKENS, "--calls", "call_count"
    )
    assert done.usage == [{"timestamp": START, "model": text, "sum_input_tokens": 3, "count": 1}]
    assert done.counted == 2


# Names of files and folders


@pytest.mark.parametrize("name", ["*", "[a]", "?", "'; drop", "{a,b}", "new\nline", "-f", "a=b", "\\"])
def test_hostile_names_given_by_themselves(
    name: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for stem in (name, "a", "b", "f"):  # what the name would match as a glob
        write_lines(tmp_path / f"{stem}.jsonl", [call(stem)])
        write_parquet_text(tmp_path / f"{stem}.parquet", [call(f"p{stem}", usage={})])
    for ending in ("jsonl", "parquet"):
        assert run_cli("query", *COUNT, "--json", "--", f"{name}.{ending}").counted == 1


@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_hostile_names_beside_one_another(
    kind: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The engine's own search fails over a name that begins with a backslash.
    names = ["**", "[", "]", "x\x1b[31m", "?", "*", "\\", "\\x", "~", "{a,b}", "a]b[c", "s3:", "[!a]"]
    monkeypatch.chdir(tmp_path)
    paths = [tmp_path / folder / f"{name}.{kind}" for folder in names for name in names]
    for number, path in enumerate(paths):
        path.parent.mkdir(exist_ok=True)
        if kind == "jsonl":
            write_lines(path, [call(str(number))])
        elif kind == "parquet":
            write_parquet_map(path, [call(str(number), usage={})])
        else:
            path.write_text(f"id,ts\n{number},{START}\nshort\n")
    done = run_cli.query(tmp_path, *COUNT, "--meta")
    assert done.counted == len(paths)
    assert done.quality.get("not_a_row", 0) == (len(paths) if kind == "csv" else 0)
    for path in (paths[0], paths[16], paths[-1]):
        for name in (path, path.relative_to(tmp_path)):
            assert run_cli("query", *COUNT, "--json", "--", name).counted == 1, name


def test_names_that_are_no_text(run_cli: CommandLine, tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/\xff\xfe.jsonl"
    with open(raw, "wb") as stream:  # noqa: PTH123 - a name that is no text is bytes
        stream.write(json.dumps(call("a")).encode() + b"\n")
    whole = run_cli.query(tmp_path, *COUNT, "--meta")
    named = run_cli.query(os.fsdecode(raw), *COUNT)
    for done in (whole, named):
        # A clean refusal that names the file would do as well.
        assert done.code in (0, 1)
        assert "unexpected" not in done.stderr
        assert done.code == 1 or done.counted == 1


@pytest.mark.parametrize(
    "word", ["a\0b", "x" * 300, "x/" * 3000, "s3://'; drop", "file:///etc/passwd", "~", ""]
)
def test_sources_that_are_no_names(
    word: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(tmp_path / "a.jsonl", [call("a")])  # which an empty word must not mean
    done = run_cli("query", word)
    assert (done.code in (1, 2), done.stdout, done.stderr.count("\n")) == (True, "", 1)
    assert "unexpected" not in done.stderr


# Flags and bodies

REFUSING = [
    "--usage", "--calls", "--granularity", "--timezone", "--start", "--end", "--last", "--format",
    "--log-format", "--log-timezone", "--time-origin", "--usage-scope", "--dedupe", "--map",
    "--memory-limit", "--threads", "--request",
]  # fmt: skip


@pytest.mark.parametrize("flag", REFUSING)
def test_a_hostile_flag_is_refused_in_one_clean_line(
    flag: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    for text in [*ONE_OF_EACH, "input_tokens:" + AS_WORDS[3], "model=" + AS_WORDS[3], "\udcff"]:
        for words in ([flag, text], [flag, text, "--json"]):
            done = run_cli("query", log, *words)
            assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1), short(text)
            assert done.stderr.removesuffix("\n").isprintable(), short(text)
            assert "unexpected" not in done.stderr, short(text)
            assert len(done.stderr) < 4000, short(text)


@pytest.mark.parametrize("text", ONE_OF_EACH, ids=short)
def test_a_hostile_body_is_refused_in_one_clean_line(
    text: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    for fields in (
        {"usage_metrics": [{"metric": text}]},
        {"call_metrics": [{"metric": "latency_ms", "aggregations": [text]}]},
        {"call_metrics": [{"metric": "latency_ms", "percentiles": [text]}]},
        {"call_metrics": [{"metric": "latency_ms", text: 1}]},
        {"timezone": text},
        {"start": text},
        {"end": text},
        {"granularity": text},
        {text: text},
        {"filter": {text: [text]}},
        {"filter": {"trace_roots_only": text}},
    ):
        done = run_cli("query", log, *body(tmp_path, **fields))
        assert (done.code, done.stdout, done.stderr.count("\n")) == (2, "", 1), short(fields)
        assert done.stderr.removesuffix("\n").isprintable(), short(fields)
        assert "unexpected" not in done.stderr, short(fields)


def test_a_table_of_hostile_models_moves_no_cursor(run_cli: CommandLine, tmp_path: Path) -> None:
    models = {text: {"input_tokens": 7} for text in HOSTILE if len(text) < 100}
    log = write_lines(tmp_path / "a.jsonl", [call("a", usage=models)])
    done = run_cli("query", log, *TOKENS)
    assert done.code == 0
    assert all(line.isprintable() for line in done.stdout.split("\n"))
    assert done.stdout.count("7") >= len(models)


# Sizes and absurd values


def test_deep_nesting_loses_no_call_silently(run_cli: CommandLine, tmp_path: Path) -> None:
    deep = "[" * 20_000 + "]" * 20_000
    head = f'{{"id":"a","op_name":"x","started_at":"{START}"'
    lines = [f'{head},"inputs":{deep}}}', f'{head.replace("a", "b", 1)},"summary":{deep}}}', call("c")]
    log = write_lines(tmp_path / "a.jsonl", lines)
    for words in ([], ["--usage", "input_tokens"], ["--input-ref", "weave:///x"]):
        done = run_cli.query(log, *COUNT, "--meta", *words)
        filtered = "--input-ref" in words
        assert done.counted + done.quality.get("malformed", 0) == (0 if filtered else 3)


@pytest.mark.parametrize(
    "number", ["1e308", "1e309", "1e400", "9" * 400, "-0.0", "1e-400", "0." + "1" * 5000]
)
def test_absurd_numbers_are_no_crash(number: str, run_cli: CommandLine, tmp_path: Path) -> None:
    usage = f'{{"m":{{"input_tokens":{number},"output_tokens":"{number}"}}}}'
    line = f'{{"id":"%s","op_name":"x","started_at":"{START}","summary":{{"usage":{usage}}}}}'
    log = write_lines(tmp_path / "a.jsonl", [line.replace("%s", name) for name in "ab"])
    aggregations = "sum,avg,min,max,count,p50"
    asked = ["--usage", f"input_tokens:{aggregations}", "--usage", f"output_tokens:{aggregations}"]
    done = run_cli.query(log, *asked, "-g", "total")
    assert "unexpected" not in done.stderr
    assert done.usage[0]["count"] == 2


@pytest.mark.parametrize(
    "start",
    ['"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59Z"', "-5e18", "1e400", '"' + "9" * 60 + '"'],
)
def test_an_absurd_start_does_not_stop_a_run(start: str, run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [call("a"), f'{{"id":"b","op_name":"x","started_at":{start}}}']
    log = write_lines(tmp_path / "a.jsonl", lines)
    asked = run_cli.query(log, *COUNT, "-s", "2026-03-01", "-u", "2026-03-02T00:00")
    assert asked.counted == 1
    assert run_cli.query(log, *COUNT).counted in (1, 2)


def test_ten_thousand_filter_values(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call(str(number)) for number in range(100)])
    values = [str(number) for number in range(50, 10_050)]
    asked = body(tmp_path, filter={"call_ids": values}, call_metrics=[{"metric": "call_count"}])
    assert run_cli.query(log, *asked).counted == 50


# --show-sql


QUESTIONS = (
    *("--usage", "input_tokens:sum,p50", "--usage", "total_tokens:avg"),
    *("--calls", "latency_ms:sum,avg,p99.9", "--calls", "error_count"),
)


@pytest.mark.parametrize("seed", [2, 5, 7, 14])
@pytest.mark.parametrize("width", ["6h", "1d"])
def test_the_printed_sql_answers_the_same_over_json_lines(
    seed: int, width: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    case = random_case(seed)
    log = write_lines(tmp_path / "a.jsonl", case.lines)
    zone = PLACES[seed % len(PLACES)][0]
    assert_the_script_answers_the_same(run_cli, log, *QUESTIONS, "-g", width, "-z", zone)


@pytest.mark.parametrize(
    "words", [[], ["--usage-scope", "recorded"], ["--op", "chat:*", "--roots-only"]]
)
def test_the_printed_sql_answers_the_same_over_other_files(
    words: list[str], run_cli: CommandLine, tmp_path: Path
) -> None:
    calls = hostile_calls()[:30]
    for item in calls[10:]:
        item["parent_id"] = HOSTILE[9]
    (tmp_path / "a.csv").write_text(
        f'time,model,input_tokens,duration_ms\n{START},\'; drop,3,1.5\n1772359200,"$x",4,2\n'
    )
    write_lines(tmp_path / "b.jsonl", [{"ts": 1772359200000, "model": "m", "input_tokens": "5"}])
    write_parquet_text(tmp_path / "it's.parquet", calls)
    write_parquet_map(tmp_path / "d [1].parquet", calls[:5])
    write_ahead_log(tmp_path / "wal.jsonl", calls[5:9])
    write_lines(tmp_path / "z.jsonl", [r'{"id":"s","op_name":"\ud83d","started_at":"' + START + '"}'])
    assert_the_script_answers_the_same(run_cli, tmp_path, *QUESTIONS, "-g", "1h", *words)


@pytest.mark.parametrize("text", ONE_OF_EACH, ids=short)
def test_the_printed_sql_holds_hostile_values(text: str, run_cli: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / (text.replace("/", "_") if len(text) < 200 else "x")
    log = write_lines(folder / "a.jsonl", hostile_calls())
    words = ["--op", text, "--thread", text, "-p", text, "-g", "1h"]
    assert_the_script_answers_the_same(run_cli, log, *QUESTIONS, *words)
