"""Errors and exit codes (spec 12): one line that says what, where and what to do; nothing on stdout."""

from __future__ import annotations

import gzip
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from damaged_files import unreadable_files
from log_files import call, write_lines, write_parquet_text

if TYPE_CHECKING:
    from conftest import CommandLine

COUNT = ("--calls", "call_count", "-g", "total")
RANGE = {"project_id": "p", "start": "2026-03-01T00:00:00Z", "end": "2026-03-02T00:00:00Z"}


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of one call."""
    return write_lines(tmp_path / "log.jsonl", [call("a", usage={"gpt-4o": {"input_tokens": 1}})])


@pytest.fixture
def at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The test's folder as the working folder, so that messages show short names."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


# Sources


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("missing.jsonl", "no such file or folder: 'missing.jsonl'"),
        ("dangling.jsonl", "no such file or folder: 'dangling.jsonl'"),
        ("log.jsonl/x", "no such file or folder: 'log.jsonl/x'"),
        ("no*match", "nothing matches 'no*match'"),
        (
            "folder",
            "no log files in the folder 'folder'; files ending in .parquet .jsonl .ndjson .json .csv "
            ".tsv (text also .gz .zst) are read",
        ),
        ("texts", "no call log among the files: texts/notes.txt"),
        (
            "no_times.jsonl",
            "'no_times.jsonl' has no column that names a time (it has colour); "
            "name it with --map started_at=COLUMN",
        ),
        ("no_log.bin", "'no_log.bin' is no call log: its content has no known format"),
        ("no_starts.jsonl", "none of the 2 calls has a readable start"),
        ("torn.jsonl", "no line of the log could be read"),
        (
            "ftp://host/log.jsonl",
            "ftp:// sources cannot be read; known are paths and s3:// gs:// http:// https://",
        ),
    ],
)
@pytest.mark.usefixtures("log")
def test_a_source_that_cannot_be_answered_from(
    word: str, message: str, run_cli: CommandLine, at_home: Path
) -> None:
    (at_home / "folder" / "_hidden").mkdir(parents=True)
    (at_home / "folder" / "notes.md").write_text("x")
    (at_home / "texts").mkdir()
    (at_home / "texts" / "notes.txt").write_text("x")
    (at_home / "dangling.jsonl").symlink_to("gone")
    (at_home / "no_times.jsonl").write_text('{"colour": "red"}\n')
    (at_home / "no_log.bin").write_bytes(bytes(range(256)))
    (at_home / "torn.jsonl").write_text('{"id": "a", \n{"id"\n')
    write_lines(at_home / "no_starts.jsonl", [call("a", None), call("b", "garbage")])
    assert run_cli("query", word).error(1) == message


def test_a_file_that_may_not_be_read(run_cli: CommandLine, log: Path) -> None:
    log.chmod(0)
    if os.access(log, os.R_OK):
        pytest.skip("this user may read everything")
    assert run_cli("query", log).error(1) == f"cannot read {str(log)!r}: Permission denied"


def test_a_link_that_links_to_itself(run_cli: CommandLine, at_home: Path) -> None:
    (at_home / "loop.jsonl").symlink_to("loop.jsonl")
    assert "'loop.jsonl'" in run_cli("query", "loop.jsonl").error(1)


@pytest.mark.parametrize(
    "content",
    [b"", b"\n\n", b"  \r\n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\n", gzip.compress(b"", mtime=0)],
    ids=repr,
)
def test_an_empty_file_is_an_empty_answer(content: bytes, run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(content)
    done = run_cli.query(tmp_path / "a.jsonl")
    assert (done.code, done.usage, done.calls) == (0, [], [])


def test_no_source_says_how_to_name_one(run_cli: CommandLine) -> None:
    assert run_cli("query").error(2).startswith("no SOURCE given; name a file or folder, or set ")


def test_a_file_that_cannot_be_read_to_its_end(run_cli: CommandLine, tmp_path: Path) -> None:
    for path in unreadable_files(tmp_path / "bad"):
        assert path.name in run_cli("query", path).error(1), path.name


def test_one_unreadable_file_among_good_ones_is_an_error(run_cli: CommandLine, tmp_path: Path) -> None:
    for path in unreadable_files(tmp_path / "bad"):
        folder = tmp_path / f"with_{path.name}"
        for name in ("a", "z"):
            write_lines(folder / f"{name}.jsonl", [call(name)])
            write_parquet_text(folder / f"{name}.parquet", [call(name)])
        path.rename(folder / path.name)
        assert path.name in run_cli("query", folder).error(1), path.name
        assert run_cli.query(folder, *COUNT, "--skip-bad-files", "--dedupe", "never").counted == 4


def test_skip_bad_files_counts_them(run_cli: CommandLine, tmp_path: Path) -> None:
    bad = unreadable_files(tmp_path / "logs")
    write_lines(tmp_path / "logs" / "good.jsonl", [call("a"), call("b")])
    done = run_cli.query(tmp_path / "logs", *COUNT, "--skip-bad-files", "--meta")
    assert done.counted == 2
    assert done.quality == {"skipped_files": len(bad)}
    assert done.stderr == f"callstats: {len(bad)} unreadable files skipped\n"


# Flags


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("--usage tokens", "unknown metric 'tokens'; did you mean 'total_tokens'"),
        ("--usage input_token", "unknown metric 'input_token'; did you mean 'input_tokens'"),
        ("--calls latency", "unknown metric 'latency'; did you mean 'latency_ms'"),
        ("--usage latency_ms", "unknown metric 'latency_ms' here; it goes to --calls"),
        ("--usage error_rate", "unknown metric 'error_rate' here; it goes to --calls"),
        ("--usage latency", "unknown metric 'latency'; did you mean 'latency_ms'? It goes to --calls"),
        ("--calls total_cost:sum,p95", "unknown metric 'total_cost' here; it goes to --usage"),
        ("--calls tokens_per_call", "unknown metric 'tokens_per_call' here; it goes to --usage"),
        (
            "--calls input_token",
            "unknown metric 'input_token'; did you mean 'input_tokens'? It goes to --usage",
        ),
        ("--log-format claude", "--log-format: unknown value 'claude'; did you mean 'claude-code'?"),
        ("--log-format xyz", "--log-format: unknown value 'xyz'; known: claude-code, codex, litellm, "),
        ("-g dayly", "unknown granularity 'dayly'; did you mean 'daily'?"),
        ("--last 7dais", "unreadable span '7dais'"),
        ("-s mondey", "unreadable time 'mondey'; did you mean 'monday'?"),
        ("--usage input_tokens:summ", "unknown aggregation 'summ'; did you mean 'sum'?"),
        ("--usage input_tokens:", "unknown aggregation ''; known: sum, avg, min, max, count"),
        ("--calls latency_ms:p", "unknown aggregation 'p'"),
        ("--calls latency_ms:p5-0", "unknown aggregation 'p5-0'; did you mean 'p50'?"),
        ("--calls latency_ms:p.5", "unknown aggregation 'p.5'; did you mean 'p95'?"),
        ("--calls latency_ms:p101", "percentile 'p101' is not between p0 and p100"),
        ("--calls latency_ms:p-1", "percentile 'p-1' is not between p0 and p100"),
        ("--calls latency_ms:p100.01", "percentile 'p100.01' is not between p0 and p100"),
        ("--calls latency_ms:pnan", "unknown aggregation 'pnan'"),
        ("-z Europe/Berln", "unknown timezone 'Europe/Berln'; did you mean 'Europe/Berlin'"),
        ("-z europe/berlin", "unknown timezone 'europe/berlin'; did you mean 'Europe/Berlin'"),
        ("-z ../UTC", "unknown timezone '../UTC'"),
        ("-z posixrules", "unknown timezone 'posixrules'"),
        ("-f yaml", "unknown format 'yaml'; known: table, json, jsonl"),
        ("-g 0", "granularity must be at least 1 second, got 0"),
        ("-g -5", "granularity must be at least 1 second, got -5"),
        ("-g 0h", "granularity must be at least 1 second, got 0"),
        ("-g often", "unknown granularity 'often'"),
        ("-g 1.5", "unknown granularity '1.5'"),
        ("-g 2mo", "granularity 2mo: calendar units come one at a time; 1mo, 1q, 1y"),
        ("-s 2026-03-02 -u 2026-03-01T00:00", "end is before start; the range is [start, end)"),
        ("-s garbage", "unreadable time 'garbage'"),
        ("-s 2026-02-30", "'2026-02-30' names a day that no calendar has"),
        ("-s 2026-03-01T25:00", "'2026-03-01T25:00' names a time that no clock shows"),
        ("-s 1899-12-31", "'1899-12-31' lies outside the years 1900 to 2200"),
        ("-s 2026-01-01 -u 2201-01-02", "'2201-01-02' lies outside the years 1900 to 2200"),
        ("-s 24x", "unreadable time '24x'"),
        ("--last 7x", "unreadable span '7x'"),
        ("--last 0d", "a span must be at least 1, got 0d"),
        ("--last 7d -s today", "--start and --last both say where the range begins"),
        (
            "-s 1900-01-01 -u 2200-01-01T00:00 -g 1w",
            "granularity 1w makes 15,654 buckets, more than 10,000; 1mo fits",
        ),
        ("--fromat json", "no such option: --fromat"),
        ("--map colour=red", "--map: unknown field 'colour'"),
        ("--map modell=x", "--map: unknown field 'modell'; did you mean 'model'?"),
        ("--map model=op_nam", "--map model: no column 'op_nam' in the log; did you mean 'op_name'?"),
        ("--map model", "--map 'model' is not FIELD=COLUMN; for example started_at=ts"),
        ("--map model:ms=x", "--map: model takes no unit 'ms'"),
        ("--map started_at:h=x", "--map: started_at takes no unit 'h'"),
        ("--dedupe maybe", "--dedupe: unknown value 'maybe'; known: auto, always, never"),
        ("--usage-scope all", "--usage-scope: unknown value 'all'"),
        ("--log-format wave", "--log-format: unknown value 'wave'; did you mean 'weave'?"),
        ("--log-timezone Nowhere", "unknown timezone 'Nowhere'"),
        ("--time-origin x", "unreadable time 'x'"),
        ("--threads 0", "invalid value for '--threads': 0 is not in the range x>=1"),
        ("--memory-limit lots", "--memory-limit"),
        ("--meta", "--meta goes with --json"),
        ("--op", "option '--op' requires an argument"),
        ("- --request -", "--request - and the source - both want stdin"),
        ("--request missing.json", "cannot read the request 'missing.json': No such file or directory"),
        ("-o answer.xyz", "--output: no format goes with the ending '.xyz'"),
        ("-o answer", "--output: no format goes with the ending ''"),
    ],
)
def test_a_flag_that_is_wrong(
    words: str, message: str, run_cli: CommandLine, log: Path, at_home: Path
) -> None:
    before = sorted(at_home.iterdir())
    assert run_cli("query", log, *words.split(" ")).error(2).startswith(message)
    assert sorted(at_home.iterdir()) == before


@pytest.mark.parametrize("flag", ["-p", "--op", "--thread", "-s", "-u", "-g", "-z", "--usage", "--map"])
def test_an_empty_flag(flag: str, run_cli: CommandLine, log: Path) -> None:
    assert run_cli("query", log, flag, "").error(2)


def test_everything_is_validated_before_data_is_read(run_cli: CommandLine) -> None:
    for words in (["-g", "often"], ["-z", "Nowhere"], ["--map", "colour=red"], ["--dedupe", "x"]):
        assert run_cli("query", "missing.jsonl", *words).error(2)


def test_formats_that_are_none_are_refused(run_cli: CommandLine, log: Path) -> None:
    for name in ("xlsx", "JSON", ""):
        assert run_cli("query", log, "-f", name).error(2).startswith(f"unknown format {name!r}")


def test_an_unknown_command_and_an_unknown_option(run_cli: CommandLine) -> None:
    assert "qery" in run_cli("qery").error(2)
    assert "--colour" in run_cli("--colour").error(2)


# Bodies


def body_with(**fields: Any) -> str:
    return json.dumps({**RANGE, **fields})


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("", "the request body is not JSON: Expecting value (line 1, column 1)"),
        ("start: today", "the request body is not JSON: Expecting value (line 1, column 1)"),
        ('{\n"start": }', "the request body is not JSON: Expecting value (line 2, column 10)"),
        ("[]", "the request body is not a JSON object"),
        ("null", "the request body is not a JSON object"),
        ("[" * 100_000, "the request body is nested too deeply"),
        ('{"granularity": NaN}', "the request body is not JSON: NaN is not a JSON number"),
        (json.dumps({"start": "2026-03-01"}), "the request body has no project_id"),
        (json.dumps({"project_id": "p"}), "the request body has no start"),
        (json.dumps({"project_id": None, "start": "2026-03-01"}), "the request body has no project_id"),
        (body_with(project_id=5), "project_id must be a text, not 5"),
        (body_with(project_id=""), "project_id: string should have at least 1 character"),
        (body_with(start=1772359200), "start must be a date-time text, not 1772359200"),
        (body_with(end=1772359200.5), "end must be a date-time text, not 1772359200.5"),
        (body_with(start="1772359200"), "start: unreadable date-time '1772359200'"),
        (body_with(start="-24h"), "start: unreadable date-time '-24h'"),
        (body_with(end="today"), "end: unreadable date-time 'today'"),
        (body_with(end="2026-02-28T00:00:00Z"), "end is before start; the range is [start, end)"),
        (body_with(end="2201-01-02"), "end: '2201-01-02' lies outside the years 1900 to 2200"),
        (body_with(granularity=0), "granularity must be a whole number of seconds, 1 or more, not 0"),
        (body_with(granularity=-5), "granularity must be a whole number of seconds, 1 or more, not -5"),
        (
            body_with(granularity="1d"),
            "granularity must be a whole number of seconds, 1 or more, not '1d'; "
            "words such as '1d' or '1mo' go to --granularity",
        ),
        (
            body_with(granularity=1.5),
            "granularity must be a whole number of seconds, 1 or more, not 1.5",
        ),
        (body_with(granularity=True), "granularity must be a whole number of seconds, 1 or more"),
        (body_with(granularity=10**20), "granularity 100000000000000000000 is wider than"),
        (body_with(timezone="Mars/Crater"), "unknown timezone 'Mars/Crater'"),
        (
            body_with(timezone="Europe/Berln"),
            "unknown timezone 'Europe/Berln'; did you mean 'Europe/Berlin'",
        ),
        (
            body_with(usage_metrics=[{"metric": "call_count"}]),
            "unknown metric 'call_count' here; it goes to call_metrics",
        ),
        (
            body_with(call_metrics=[{"metric": "total_tokens"}]),
            "unknown metric 'total_tokens' here; it goes to usage_metrics",
        ),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "aggregations": ["avg", "p95"]}]),
            "call_metrics[0].aggregations[1]: 'p95' is a percentile, no aggregation; "
            '"percentiles": [95] asks for it',
        ),
        (
            body_with(usage_metrics=[{"metric": "input_tokens", "aggregations": ["P99.9"]}]),
            "usage_metrics[0].aggregations[0]: 'P99.9' is a percentile, no aggregation; "
            '"percentiles": [99.9] asks for it',
        ),
        (body_with(granularty=60), "unknown field 'granularty'; did you mean 'granularity'?"),
        (body_with(filter={"op_name": ["x"]}), "unknown field 'op_name'; did you mean 'op_names'?"),
        (body_with(filter={"op_names": "x"}), "filter.op_names must be a list, not 'x'"),
        (body_with(filter={"op_names": [5]}), "filter.op_names[0] must be a text, not 5"),
        (body_with(filter={"op_names": [None]}), "filter.op_names[0] must be a text, not None"),
        (body_with(filter={"trace_roots_only": "yes"}), "filter.trace_roots_only"),
        (
            body_with(usage_metrics=[{"metric": "tokens"}]),
            "unknown metric 'tokens'; did you mean 'total_tokens'",
        ),
        (body_with(usage_metrics=[{"metric": "latency_ms"}]), "unknown metric 'latency_ms'"),
        (body_with(call_metrics=[{"metric": "input_tokens"}]), "unknown metric 'input_tokens'"),
        (body_with(usage_metrics=[{}]), "usage_metrics[0].metric is missing"),
        (body_with(filter=[]), "filter must be "),
        (body_with(call_metrics=[5]), "call_metrics[0] must be "),
        (body_with(usage_metrics={}), "usage_metrics must be a list, not {}"),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "aggregations": ["average"]}]),
            "unknown aggregation 'average'; did you mean 'avg'",
        ),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "percentiles": [50, 101]}]),
            "call_metrics[0].percentiles[1] must be a number from 0 to 100, not 101",
        ),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "percentiles": [-0.1]}]),
            "call_metrics[0].percentiles[0] must be a number from 0 to 100, not -0.1",
        ),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "percentiles": ["95"]}]),
            "call_metrics[0].percentiles[0] must be a number from 0 to 100, not '95'",
        ),
        (
            body_with(call_metrics=[{"metric": "latency_ms", "agregations": []}]),
            "unknown field 'agregations'; did you mean 'aggregations'?",
        ),
    ],
    ids=lambda value: value[:60],
)
def test_a_body_that_is_wrong(
    body: str, message: str, run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    path = tmp_path / "body.json"
    path.write_text(body)
    assert run_cli("query", log, "--request", path).error(2).startswith(message)


def test_a_body_that_is_no_text(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_bytes(b'{"project_id": "\xff"}')
    line = run_cli("query", log, "--request", tmp_path / "body.json").error(2)
    assert line == "the request body is not UTF-8 text: invalid start byte"
    assert "is a directory" in run_cli("query", log, "--request", tmp_path).error(2).lower()


def test_a_body_may_begin_with_a_bom(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    (tmp_path / "body.json").write_text("\ufeff" + json.dumps(RANGE))
    assert run_cli.query(log, "--request", tmp_path / "body.json").code == 0


# How errors are said


@pytest.mark.parametrize("words", [["--json"], ["-f", "json"], ["-f", "jsonl"], ["--format=json"]])
def test_errors_are_objects_where_the_answer_would_be_json(
    words: list[str], run_cli: CommandLine, log: Path
) -> None:
    for bad, code, kind in (
        ([log, "--usage", "tokens"], 2, "invalid_request"),
        ([log, "--no-such-flag"], 2, "invalid_request"),
        (["missing.jsonl"], 1, "unreadable_source"),
    ):
        done = run_cli("query", *bad, *words)
        assert (done.code, done.stdout, done.stderr.count("\n")) == (code, "", 1)
        error = json.loads(done.stderr)
        assert list(error) == ["error"]
        assert list(error["error"]) == ["code", "message", "hint"]
        assert error["error"]["code"] == kind
        assert error["error"]["message"]


def test_an_error_object_says_the_same_as_the_line(run_cli: CommandLine, log: Path) -> None:
    line = run_cli("query", log, "--usage", "input_token").error(2)
    error = json.loads(run_cli("query", log, "--usage", "input_token", "--json").stderr)["error"]
    assert line == f"{error['message']}; {error['hint']}"


def test_a_traceback_is_shown_with_debug_alone(run_cli: CommandLine) -> None:
    quiet = run_cli.separately("query", "missing.jsonl")
    loud = run_cli.separately("query", "missing.jsonl", "--debug")
    assert "Traceback" not in quiet.stderr
    assert "Traceback" in loud.stderr
    assert (loud.code, loud.stdout) == (1, "")


def test_quiet_says_errors_only(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a"), "torn {"])
    assert run_cli.query(log, *COUNT).stderr == "callstats: 1 malformed line skipped\n"
    done = run_cli.query(log, *COUNT, "--quiet")
    assert (done.code, done.stderr) == (0, "")
    assert run_cli("query", log, "-q", "-g", "often").error(2)


def test_odd_lines_are_summed_up_in_one_line(run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(
        tmp_path / "a.jsonl",
        [
            *("torn {", "[]"),
            call("a", ended_at="2026-03-01T09:59:59Z", usage={"m": {"input_tokens": -1}, "n": 5}),
            *(call("b"), call("b"), call("b", "2026-03-01T10:00:01Z")),
            *(call("c", None), call("d", "garbage"), call("e", deleted_at="2026-03-02T00:00:00Z")),
            call("f", "2199-01-01T00:00:00Z"),
        ],
    )
    asked = ["--usage", "input_tokens", "--calls", "latency_ms", "-g", "total"]
    done = run_cli.query(log, *asked, "--meta", "-s", "2026-01-01", "-u", "2027-01-01T00:00")
    assert done.quality == {
        "malformed": 2,
        "not_json": 1,
        "not_an_object": 1,
        "undated": 2,
        "unreadable_times": 1,
        "unreadable_counts": 1,
        "unusable_usage_entries": 1,
        "merged": 1,
        "reused_ids": 1,
        "running": 2,
        "negative_latency": 1,
        "deleted": 1,
    }
    assert done.stderr == (
        "callstats: 2 malformed lines skipped; 2 calls without a start left out; 1 unreadable time; "
        "1 unreadable token count; 1 unusable usage entry; 1 duplicate line merged; "
        "1 id with several starts; 2 calls still running; 1 negative latency; "
        "1 deleted call left out\n"
    )


# Exit codes that are no errors


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ("torn {", 3),
        (call("x", None), 3),
        (call("x", "garbage"), 3),
        (call("x", usage={"m": {"input_tokens": "many"}}), 3),
        (call("x", usage={"m": 5}), 3),
        (call("x", ended_at="never"), 3),
        ("[]", 3),
        (call("a", "2026-03-01T10:00:01Z"), 3),
        (call("x", "2199-01-01T00:00:00Z"), 0),
        (call("a"), 0),
        (call("x", ended_at="2026-03-01T09:00:00Z"), 0),
        (call("x", deleted_at="2026-03-02T00:00:00Z"), 0),
        ("", 0),
        (r'{"id":"x","op_name":"\ud83d","started_at":"2026-03-01T10:00:00Z"}', 0),
    ],
    ids=str,
)
def test_strict(record: Any, code: int, run_cli: CommandLine, tmp_path: Path) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a", usage={"gpt-4o": {"input_tokens": 1}}), record])
    assert run_cli.query(log, "--strict").code == code
    assert run_cli.query(log).code == 0


def test_strict_prints_the_answer_for_every_kind(run_cli: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    write_lines(folder / "a.jsonl", [call("a"), "{"])
    (folder / "b.csv").write_text("ts,model\n2026-03-01T10:00:00Z,m,5\n2026-03-01T10:00:00Z,m\n")
    (folder / "c.parquet").write_bytes(b"PAR1")
    done = run_cli.query(folder, *COUNT, "--strict", "--skip-bad-files")
    assert done.code == 3
    assert json.loads(done.stdout)["call_buckets"][0]["count"] == 2
    for name, odd in (("a.jsonl", 1), ("b.csv", 1)):
        done = run_cli.query(folder / name, *COUNT, "--strict")
        assert (done.code, json.loads(done.stdout)["call_buckets"][0]["count"]) == (3, odd)
    assert run_cli.query(folder / "c.parquet", *COUNT, "--strict").code == 1
    assert run_cli.query(folder / "c.parquet", *COUNT, "--strict", "--skip-bad-files").code == 3


def test_fail_empty(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    assert run_cli.query(log, "--fail-empty").code == 0
    for words in (["--op", "none"], ["-p", "none"], ["-s", "2026-04-01", "-u", "2026-04-02T00:00"]):
        done = run_cli.query(log, *words, "--fail-empty")
        assert done.code in (0, 4), words
    project = write_lines(tmp_path / "p.jsonl", [call("a", project_id="q")])
    for words in (["--op", "none"], ["-p", "none"], ["-s", "2026-04-01", "-u", "2026-04-02T00:00"]):
        done = run_cli.query(project, *words, "--fail-empty", "-g", "total")
        assert done.code == 4, words
        assert done.stderr.startswith("callstats: no call matches: 1 call")
        assert json.loads(done.stdout)["usage_buckets"] == []
    (tmp_path / "empty.jsonl").touch()
    assert run_cli.query(tmp_path / "empty.jsonl", "--fail-empty").code == 4


def test_a_usage_question_that_matches_calls_without_usage_is_not_empty(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    log = write_lines(tmp_path / "a.jsonl", [call("a")])
    done = run_cli.query(log, "--usage", "input_tokens", "--fail-empty")
    assert (done.code, done.usage) == (0, [])
    assert done.stderr.startswith("callstats: no call has a token where callstats looks: ")
    assert run_cli.query(log, "--usage", "input_tokens", "--op", "chat").stderr == ""


def test_the_answer_limit_names_a_width_that_fits(run_cli: CommandLine, tmp_path: Path) -> None:
    models = {f"m{number}": {"input_tokens": 1} for number in range(201)}
    log = write_lines(tmp_path / "a.jsonl", [call("a", usage=models)])
    asked = [
        log, "--usage", "input_tokens", "-s", "2026-03-01T10:00:00", "-u", "2026-03-01T12:46:40",
    ]  # fmt: skip
    line = run_cli("query", *asked, "-g", "1").error(2)
    assert line.startswith("the answer has more than 2,000,000 rows; ask for wider buckets, such as ")
    width = line.split("--granularity ")[1].split(",")[0]
    assert run_cli.query(*asked, "-g", width).code == 0


# Output files


def test_an_output_is_written_by_its_ending(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    expected = run_cli("query", log, "--json").stdout
    for name, words in (("a.json", []), ("a.txt", ["-f", "json"]), ("b", ["--json"])):
        done = run_cli("query", log, "-o", tmp_path / name, *words)
        assert (done.code, done.stdout) == (0, "")
        assert (tmp_path / name).read_text() == expected
    run_cli("query", log, "-o", tmp_path / "a.jsonl")
    kinds = [json.loads(line)["kind"] for line in (tmp_path / "a.jsonl").read_text().splitlines()]
    assert kinds == ["usage", "call"]
    run_cli("query", log, "-o", tmp_path / "t.txt")
    assert (tmp_path / "t.txt").read_text() == run_cli("query", log).stdout
    assert run_cli("query", log, "-o", "-", "--json").stdout == expected


def test_an_output_is_replaced_only_by_an_answer(
    run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    output = tmp_path / "out" / "answer.json"
    output.parent.mkdir()
    output.write_text("before")
    (tmp_path / "bad.parquet").write_bytes(b"PAR1")
    for source, words in ((tmp_path / "bad.parquet", []), (log, ["-g", "often"])):
        assert run_cli("query", source, "-o", output, *words).code != 0
        assert output.read_text() == "before"
        assert list(output.parent.iterdir()) == [output]
    assert run_cli("query", log, "-o", output).code == 0
    assert json.loads(output.read_text())["granularity"] == 300
    assert list(output.parent.iterdir()) == [output]


def test_an_output_keeps_its_link_and_its_mode(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    target = tmp_path / "target.json"
    target.write_text("before")
    target.chmod(0o640)
    (tmp_path / "link.json").symlink_to(target)
    assert run_cli("query", log, "-o", tmp_path / "link.json").code == 0
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads(target.read_text())["timezone"] == "UTC"
    assert target.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "words",
    [
        ("query", "log.jsonl", "-o", "./log.jsonl", "-f", "csv"),
        ("query", ".", "-o", "link.jsonl", "-f", "csv"),
        ("query", "log.jsonl", "-o", "log.jsonl", "--show-sql", "-f", "csv"),
        ("compare", "log.jsonl", "--last", "1d", "-o", "log.jsonl", "-f", "markdown"),
        ("check", "log.jsonl", "--fail-if", "sum_call_count > 9", "-o", "log.jsonl", "-f", "markdown"),
        ("check", "log.jsonl", "--fail-if", "sum_call_count > 9", "--junit", "log.jsonl"),
    ],
    ids=" ".join,
)
def test_a_log_is_never_written_to(
    words: tuple[str, ...],
    run_cli: CommandLine,
    log: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link.jsonl").symlink_to(log)
    before = log.read_text()
    assert "is one of the sources; name another file" in run_cli(*words).error(2)
    assert log.read_text() == before


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("missing/answer.json", "No such file or directory"),
        ("folder.json", "it is a folder"),
        ("log.jsonl/answer.json", "Not a directory"),
        ("/dev/full", "No space left on device"),
    ],
)
def test_an_output_that_cannot_be_written(
    name: str, reason: str, run_cli: CommandLine, log: Path, at_home: Path
) -> None:
    (at_home / "folder.json").mkdir()
    assert (
        run_cli("query", log, "-o", name, "-f", "table").error(1) == f"cannot write {name!r}: {reason}"
    )


def test_standard_output_that_is_full(run_cli: CommandLine, log: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            run_cli.command("query", log, "--json"), stdout=full, stderr=subprocess.PIPE, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr.count(b"\n") == 1
    assert json.loads(done.stderr)["error"]["code"] == "unwritable_output"


def test_null_is_absent_in_a_body(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    asked = {
        "project_id": "p", "start": "2026-03-01", "end": None, "granularity": None, "timezone": None,
        "filter": {"op_names": None, "trace_roots_only": None},
        "usage_metrics": [
            {"metric": "input_tokens", "aggregations": None, "percentiles": None},
            {"metric": "tokens_per_call", "aggregations": None, "percentiles": None},
        ],
        "call_metrics": None,
    }  # fmt: skip
    absent = {
        "project_id": "p", "start": "2026-03-01",
        "usage_metrics": [{"metric": "input_tokens"}, {"metric": "tokens_per_call"}],
    }  # fmt: skip
    answers = []
    for body in (asked, absent):
        (tmp_path / "body.json").write_text(json.dumps(body))
        words = ["--request", tmp_path / "body.json", "-u", "2026-03-02T00:00"]
        answers.append(run_cli.query(log, *words).answer)
    assert answers[0] == answers[1]
    assert "sum_input_tokens" in str(answers[0])
    assert answers[0]["timezone"] == "UTC"


# Pipes and signals


@pytest.mark.parametrize("words", [["--json"], ["-f", "jsonl"], []])
def test_a_closed_pipe_ends_quietly(
    words: list[str], run_cli: CommandLine, log: Path, tmp_path: Path
) -> None:
    asked = ["query", log, "-s", "2026-03-01", "-u", "2026-03-02T00:00", "-g", "20", *words]
    shell = '"$@" | head -c 10; exit "${PIPESTATUS[0]}"'
    done = subprocess.run(
        ["bash", "-c", shell, "bash", *run_cli.command(*asked)],
        capture_output=True,
        timeout=60,
        cwd=tmp_path,
    )
    assert (len(done.stdout), done.stderr, done.returncode) == (10, b"", 0)


def heed_interrupts() -> None:
    """What a shell starts in the background ignores them, and so would what is started by that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def interrupted(words: list[object], run_cli: CommandLine, after: float) -> tuple[int, bytes, float]:
    """Exit code, stderr, and the seconds it took to end after an interrupt."""
    running = subprocess.Popen(
        run_cli.command(*words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=heed_interrupts,
    )
    time.sleep(after)
    assert running.poll() is None, "it ended before it was interrupted"
    sent = time.monotonic()
    running.send_signal(signal.SIGINT)
    _, stderr = running.communicate(timeout=30)
    return running.returncode, stderr, time.monotonic() - sent


def test_an_interrupt_while_standard_input_is_read(run_cli: CommandLine) -> None:
    code, stderr, seconds = interrupted(["query", "-"], run_cli, 1.5)
    assert (code, stderr) == (130, b"")
    assert seconds < 20  # a fifth of what the query would take, on a busy machine too


def test_an_interrupt_during_a_long_query(run_cli: CommandLine, tmp_path: Path) -> None:
    models = {f"m{number}": {"input_tokens": 1} for number in range(199)}
    log = write_lines(tmp_path / "a.jsonl", [call("a", usage=models)])
    words = [
        "query", log, "-s", "2026-03-01T10:00:00", "-u", "2026-03-01T12:46:40", "-g", "1",
        "--usage", "input_tokens:sum,p50,p99", "-o", tmp_path / "answer.json",
    ]  # fmt: skip
    code, stderr, seconds = interrupted(words, run_cli, 1.5)
    assert (code, stderr) == (130, b"")
    assert seconds < 20  # a fifth of what the query would take, on a busy machine too
    assert [path.name for path in tmp_path.iterdir()] == ["a.jsonl"]


def test_an_error_as_json_stands_alone(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    noted = ("-s", "2026-03-01", "-u", "2026-03-02")
    failed = run_cli("query", tmp_path / "none.jsonl", *noted, "--json")
    assert (failed.code, json.loads(failed.stderr)["error"]["code"]) == (1, "unreadable_source")
    answered = run_cli("query", log, *noted, "--json", "--calls", "call_count")
    said = "callstats: --end 2026-03-02 is its first instant: 2026-03-01 is the last day\n"
    assert (answered.code, answered.stderr) == (0, said)
