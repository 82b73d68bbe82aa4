"""`callstats check`: thresholds, what crosses them, and how that is told."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest

from callstats_cli.answer.checks import parse_check
from callstats_cli.errors import RequestError
from callstats_cli.request.metrics import AGGREGATIONS, CALL_METRICS, USAGE_METRICS

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import CommandLine, Outcome

LOG = """\
{"started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-03-01T10:00:01Z", "model": "a", "input_tokens": 10}
{"started_at": "2026-03-01T11:00:00Z", "ended_at": "2026-03-01T11:00:03Z", "model": "b<&>", "input_tokens": 30}
{"started_at": "2026-03-01T13:00:00Z", "ended_at": "2026-03-01T13:00:05Z", "model": "a", "input_tokens": 20}
{"started_at": "2026-03-01T13:30:00Z", "error": "boom"}
"""


def checked(run_cli: CommandLine, log: Path, *words: object) -> Outcome:
    """Runs `callstats check LOG …`; words with a comparison are checks."""
    flags: list[object] = []
    for word in words:
        is_check = isinstance(word, str) and (">" in word or "<" in word)
        flags += ["--fail-if", word] if is_check else [word]
    return run_cli("check", log, *flags)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("sum_call_count > 4", 0),
        ("sum_call_count >= 4", 99),
        ("sum_call_count < 4", 0),
        ("sum_call_count<=4", 99),
        ("error_rate > 25%", 0),
        ("error_rate >= 25%", 99),
        ("error_rate > 0.2", 99),
        ("p50_latency_ms > 2999.9", 99),
        ("p50.0_latency_ms > 3000", 0),
        ("sum_input_tokens > 59", 99),
        ("sum_input_tokens > 60", 0),
        ("tokens_per_call < 20", 0),
        ("tokens_per_call <= 20", 99),
        ("  avg_latency_ms   >   -1  ", 99),
    ],
)
def test_over_the_whole_range(text: str, code: int, run_cli: CommandLine, log: Path) -> None:
    assert checked(run_cli, log, text).code == code


def test_all_breaches_are_listed(run_cli: CommandLine, log: Path) -> None:
    done = checked(
        run_cli, log, "error_rate > 10%", "sum_input_tokens > 50", "max_latency_ms > 6000",
        "p50_output_tokens < 0",
    )  # fmt: skip
    assert done.code == 99
    assert done.stdout == (
        "Checked 2026-03-01 10:00:00 to 13:30:01 · UTC\n"
        "result  check                  where         value  calls\n"
        "FAILED  error_rate > 10%       whole range  25.00%      4\n"
        "FAILED  sum_input_tokens > 50  whole range      60      3\n"
        "ok      max_latency_ms > 6000  whole range    5000      4\n"
        "ok      p50_output_tokens < 0  whole range       0      3\n"
        "2 of 4 checks failed\n"
    )


def test_each_bucket(run_cli: CommandLine, log: Path) -> None:
    done = checked(
        run_cli, log, "-g", "1h", "--each-bucket", "max_latency_ms > 2000", "sum_call_count < 1",
        "sum_input_tokens > 25", "p50_latency_ms > 9000",
    )  # fmt: skip
    assert done.code == 99
    assert done.stdout == (
        "Checked 2026-03-01 10:00:00 to 13:30:01 · UTC\n"
        "result  check                  where             value  calls\n"
        "FAILED  max_latency_ms > 2000  2026-03-01 11:00   3000      1\n"
        "FAILED  max_latency_ms > 2000  2026-03-01 13:00   5000      2\n"
        "FAILED  sum_call_count < 1     2026-03-01 12:00      0      0\n"
        "FAILED  sum_input_tokens > 25  2026-03-01 11:00     30      1\n"
        "ok      p50_latency_ms > 9000  2026-03-01 13:00   5000      2\n"
        "3 of 4 checks failed\n"
    )


def test_each_model(run_cli: CommandLine, log: Path) -> None:
    done = checked(
        run_cli, log, "--each-model", "avg_input_tokens > 20", "sum_input_tokens > 30", "--json"
    )
    assert done.code == 99
    assert json.loads(done.stdout) == {
        "passed": False,
        "start": "2026-03-01T10:00:00Z",
        "end": "2026-03-01T13:30:00.000001Z",
        "timezone": "UTC",
        "compared_with": None,
        "checks": [
            {
                "check": "avg_input_tokens > 20", "metric": "avg_input_tokens", "status": "failed",
                "limit": 20.0, "in_percent": False,
                "breaches": [{"model": "b<&>", "value": 30.0, "calls": 1}], "nearest": None,
            },
            {
                "check": "sum_input_tokens > 30", "metric": "sum_input_tokens", "status": "ok",
                "limit": 30.0, "in_percent": False, "breaches": [],
                "nearest": {"model": "a", "value": 30, "calls": 2},
            },
        ],
    }  # fmt: skip


def test_each_bucket_and_model(run_cli: CommandLine, log: Path) -> None:
    words = ["-g", "1h", "--each-bucket", "--each-model", "sum_input_tokens > 19", "--json"]
    (found,) = json.loads(checked(run_cli, log, *words).stdout)["checks"]
    assert found["breaches"] == [
        {"timestamp": "2026-03-01T11:00:00Z", "model": "b<&>", "value": 30, "calls": 1},
        {"timestamp": "2026-03-01T13:00:00Z", "model": "a", "value": 20, "calls": 1},
    ]


@pytest.mark.parametrize(
    ("text", "code", "value"),
    [
        ("delta(sum_input_tokens) > 99%", 0, 50.0),
        ("delta(sum_input_tokens) > 49.9%", 99, 50.0),
        ("delta(sum_input_tokens) > 9", 99, 10),
        ("delta(max_latency_ms) > 66%", 99, pytest.approx(200 / 3)),
        ("delta( sum_call_count ) > 0", 0, 0),
        ("delta(sum_output_tokens) > 20%", 0, 0),
    ],
)
def test_change(text: str, code: int, value: object, run_cli: CommandLine, log: Path) -> None:
    """From 20 tokens and 3 seconds in one hour to 30 tokens and 5 seconds in the next."""
    log.write_text(
        '{"started_at": "2026-03-01T10:00:00Z", "ended_at": "2026-03-01T10:00:03Z", "model": "a", "input_tokens": 20}\n'
        '{"started_at": "2026-03-01T11:00:00Z", "ended_at": "2026-03-01T11:00:05Z", "model": "a", "input_tokens": 30}\n'
    )
    words = ["-s", "2026-03-01T11:00", "-u", "2026-03-01T12:00", "--json", "--fail-if", text]
    done = run_cli("check", log, *words)
    assert done.code == code
    answer = json.loads(done.stdout)
    assert answer["compared_with"] == {
        "start": "2026-03-01T10:00:00Z", "end": "2026-03-01T11:00:00Z", "baseline": None
    }  # fmt: skip
    (found,) = answer["checks"]
    finding = found["nearest"] or found["breaches"][0]
    assert finding["value"] == value


def test_change_since_a_saved_answer(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    saved = tmp_path / "release.json"
    run_cli(
        "query", log, "-u", "2026-03-01T13:00", "-g", "total", "--calls", "latency_ms:max", "-o", saved
    )
    done = checked(run_cli, log, "delta(max_latency_ms) > 60%", "--baseline", saved)
    assert done.code == 99
    assert done.stdout.splitlines() == [
        "Checked 2026-03-01 10:00:00 to 13:30:01 · compared with 2026-03-01 10:00 to 13:00 · UTC",
        "result  check                        where          value  calls",
        "FAILED  delta(max_latency_ms) > 60%  whole range  +66.67%      4",
        "1 of 1 check failed",
    ]


@pytest.mark.parametrize(
    ("words", "code", "result"),
    [([], 99, "FAILED"), (["--no-data", "pass"], 0, "no data"), (["--no-data", "warn"], 0, "no data")],
)
@pytest.mark.parametrize("text", ["sum_input_tokens > 5", "p95_latency_ms > 5", "error_rate > 1%"])
def test_no_data(
    text: str, words: list[str], code: int, result: str, run_cli: CommandLine, log: Path
) -> None:
    nothing = ["-s", "2020-01-01", "-u", "2020-01-02T00:00"]
    done = checked(run_cli, log, *nothing, text, *words)
    assert done.code == code
    fields = done.stdout.splitlines()[2].split()
    assert fields == [*result.split(), *text.split(), "no", "data", "·", "0"]
    said = f"callstats: no data: {text}\n" if words == ["--no-data", "warn"] else ""
    assert done.stderr.split("\n", 1)[1] == said


def test_no_call_is_an_answer_for_their_number(run_cli: CommandLine, log: Path) -> None:
    nothing = ["-s", "2020-01-01", "-u", "2020-01-02T00:00"]
    assert checked(run_cli, log, *nothing, "sum_call_count > 1").code == 0
    assert checked(run_cli, log, *nothing, "calls_per_second < 0.1").code == 99


def test_a_change_from_nothing_is_no_data(run_cli: CommandLine, log: Path) -> None:
    words = ["-s", "2026-03-01T10:00", "-u", "2026-03-01T14:00", "--json"]
    done = checked(run_cli, log, *words, "delta(sum_input_tokens) > 5%")
    assert done.code == 99
    assert json.loads(done.stdout)["checks"][0]["status"] == "no data"


def test_junit(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    done = checked(
        run_cli, log, "-g", "1h", "--each-bucket", "--each-model", "sum_input_tokens > 25",
        "sum_input_tokens > 99", "sum_cache_read_input_tokens < 0", "--junit", report,
    )  # fmt: skip
    assert done.code == 99
    suite = ET.fromstring(report.read_bytes())
    assert (suite.tag, suite.attrib) == (
        "testsuite",
        {"name": "callstats check", "tests": "3", "failures": "1", "errors": "0", "skipped": "0"},
    )
    assert [case.attrib["name"] for case in suite] == [
        "sum_input_tokens > 25", "sum_input_tokens > 99", "sum_cache_read_input_tokens < 0",
    ]  # fmt: skip
    (failure,) = suite[0]
    message = "sum_input_tokens is 30 (2026-03-01 11:00 b<&>, 1 call)"
    assert (failure.attrib, failure.text) == ({"message": message}, message)
    assert [len(case) for case in suite] == [1, 0, 0]


def test_github_annotations(run_cli: CommandLine, log: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = checked(
        run_cli, log, "-g", "1h", "--each-bucket", "error_rate > 25%", "sum_input_tokens > 19", "-q"
    )
    assert done.stderr == (
        "::error title=callstats%3A error_rate > 25%25::error_rate is 50.00%25 (2026-03-01 13:00, 2 calls)\n"
        "::error title=callstats%3A sum_input_tokens > 19::sum_input_tokens is 30 (2026-03-01 11:00, 1 call)"
        "%0Asum_input_tokens is 20 (2026-03-01 13:00, 1 call)\n"
    )
    done = checked(
        run_cli,
        log,
        "-s",
        "2020-01-01",
        "-u",
        "2020-01-02T00:00",
        "-q",
        "error_rate > 1%",
        "--no-data",
        "warn",
    )
    assert done.stderr == "::warning title=callstats%3A error_rate > 1%25::no data for error_rate\n"


def test_markdown(run_cli: CommandLine, log: Path) -> None:
    assert checked(run_cli, log, "sum_input_tokens > 50", "-f", "markdown").stdout == (
        "#### 1 of 1 check failed\n\n2026-03-01 10:00:00 to 13:30:01 · UTC\n\n"
        "| result | check | where | value | calls |\n"
        "| --- | --- | --- | ---: | ---: |\n"
        "| FAILED | sum\\_input\\_tokens \\> 50 | whole range | 60 | 3 |\n"
    )


def test_body_gives_range_and_filter(run_cli: CommandLine, log: Path, tmp_path: Path) -> None:
    body = tmp_path / "body.json"
    body.write_text(
        json.dumps({"project_id": "p", "start": "2026-03-01T13:00:00Z", "end": "2026-03-01T14:00:00Z"})
    )
    done = checked(run_cli, log, "-r", body, "error_rate > 49%")
    assert done.code == 99
    assert done.stdout.splitlines()[2].split() == [
        "FAILED",
        "error_rate",
        ">",
        "49%",
        "whole",
        "range",
        "50.00%",
        "2",
    ]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "nothing to check; give --fail-if, such as 'error_rate > 1%'"),
        (["error_rate > 1%", "--no-data", "fial"], "--no-data: unknown value 'fial'; did you mean 'fail'?"),
        (["error_rate > 1%", "--calls", "call_count"], "check takes its metrics from --fail-if: leave out --usage and --calls"),
        (["error_rate > 1%", "-g", "1h"], "--granularity goes with --each-bucket"),
        (["delta(error_rate) > 1%", "--each-bucket"], "--fail-if delta(error_rate) > 1%: delta() is of ranges, not of buckets"),
        (["error_rate > 1%", "--each-model"], "--fail-if error_rate > 1%: with --each-model only usage can be checked; error_rate is of calls, which may have several models"),
        (["delta(error_rate) > 1%"], "nothing lies before the whole log; give --last or --start, or what to compare with: --with or --baseline"),
    ],
)  # fmt: skip
def test_flags_that_do_not_go_together(
    words: list[str], message: str, run_cli: CommandLine, log: Path
) -> None:
    assert checked(run_cli, log, *words).error(2) == message


HOW = "such as 'p95_latency_ms > 2000', 'error_rate > 1%' or 'delta(avg_latency_ms) > 20%'"
AGGREGATED = "say of which aggregation, such as sum_latency_ms, avg_latency_ms or p95_latency_ms"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "unreadable check ''", HOW),
        ("error_rate", "unreadable check 'error_rate'", HOW),
        ("error_rate = 1%", "unreadable check 'error_rate = 1%'", HOW),
        ("error_rate > 1% or 2 > 1", "unreadable check 'error_rate > 1% or 2 > 1'", HOW),
        ("error_rate > nan", "unreadable check 'error_rate > nan'", HOW),
        ("delta(error_rate > 1", "unreadable check 'delta(error_rate > 1'", HOW),
        ("error_rate) > 1", "unreadable check 'error_rate) > 1'", HOW),
        (f"error_rate > {'9' * 400}", f"--fail-if 'error_rate > {'9' * 44}...': the limit is too large", None),
        ("latency_ms > 1", "unknown metric 'latency_ms' in a check", AGGREGATED),
        ("p95_latency > 1", "unknown metric 'p95_latency' in a check", "did you mean 'p95_latency_ms'?"),
        ("p101_latency_ms > 1", "unknown metric 'p101_latency_ms' in a check", "did you mean 'p50_latency_ms'?"),
        ("avg_error_rate > 1", "unknown metric 'avg_error_rate' in a check", "did you mean 'error_rate'?"),
        ("p95_latency_ms > 5%", "--fail-if p95_latency_ms > 5%: p95_latency_ms is no share", "% goes with rates of calls and with delta(p95_latency_ms)"),
    ],
)  # fmt: skip
def test_checks_that_are_none(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(RequestError) as caught:
        parse_check(text)
    assert (caught.value.message, caught.value.hint) == (message, hint)


def test_every_column_can_be_checked() -> None:
    for name, metric in (USAGE_METRICS | CALL_METRICS).items():
        columns = [name] if metric.formula else [f"{word}_{name}" for word in (*AGGREGATIONS, "p99.9")]
        for column in columns:
            assert parse_check(f"{column} > 1").column.name == column


# Costs of which not all is known

PART = """\
{"ts": "2026-03-02T09:00:00Z", "model": "gpt-4o", "prompt_tokens": 100000, "completion_tokens": 0}
{"ts": "2026-03-02T10:00:00Z", "model": "home-made-3b", "prompt_tokens": 700, "completion_tokens": 70}
{"ts": "2026-03-02T10:30:00Z", "model": "home-made-3b", "prompt_tokens": 800, "completion_tokens": 80}
"""


@pytest.fixture
def part(tmp_path: Path) -> Path:
    """A log of a call that costs 0.25 dollars and two without a price."""
    path = tmp_path / "part.jsonl"
    path.write_text(PART)
    return path


@pytest.mark.parametrize(
    ("text", "code", "status", "unpriced"),
    [
        ("sum_total_cost > 1", 99, "lower bound", 2),
        ("sum_total_cost >= 0.26", 99, "lower bound", 2),
        ("avg_total_cost > 1", 99, "lower bound", 2),
        ("p95_input_cost > 1", 99, "lower bound", 2),
        ("cost_per_call > 1", 99, "lower bound", 2),
        ("sum_total_cost > 0.2", 99, "failed", 2),
        ("sum_total_cost < 0.2", 0, "ok", 2),
        ("sum_total_cost < 0.3", 99, "failed", 2),
        ("sum_input_tokens > 1000000", 0, "ok", None),
        ("count_total_cost > 5", 0, "ok", None),
    ],
)
def test_a_lower_bound_is_no_pass_below_an_upper_limit(
    text: str, code: int, status: str, unpriced: int | None, run_cli: CommandLine, part: Path
) -> None:
    done = checked(run_cli, part, text, "--json")
    (found,) = json.loads(done.stdout)["checks"]
    assert (done.code, found["status"], found.get("unpriced_calls")) == (code, status, unpriced)
    assert bool(found.get("lower_bounds")) == (status == "lower bound")
    for what in ("pass", "warn"):
        done = checked(run_cli, part, text, "--json", "--no-data", what)
        passes = status in ("ok", "lower bound")
        assert (done.code, json.loads(done.stdout)["passed"]) == (0 if passes else 99, passes)
        warned = f"callstats: lower bound: {text}\n" in done.stderr
        assert warned == (what == "warn" and status == "lower bound")


def test_what_is_said_of_a_lower_bound(
    run_cli: CommandLine, part: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    report = tmp_path / "report.xml"
    done = checked(run_cli, part, "sum_total_cost > 1", "-q", "--junit", report)
    assert done.stdout.splitlines()[1:] == [
        "result  check               where        value  calls",
        "FAILED  sum_total_cost > 1  whole range  ≥0.25      3",
        "1 of 1 check failed",
    ]
    (failure,) = ET.fromstring(report.read_bytes())[0]
    message = "sum_total_cost is at least 0.25 (whole range, 3 calls, 2 unpriced)"
    assert (failure.tag, failure.attrib["message"]) == ("failure", message)
    checked(run_cli, part, "sum_total_cost > 1", "-q", "--junit", report, "--no-data", "pass")
    (skipped,) = ET.fromstring(report.read_bytes())[0]
    assert (skipped.tag, skipped.attrib["message"]) == ("skipped", message)
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    done = checked(run_cli, part, "sum_total_cost > 1", "-q", "-f", "markdown")
    assert done.stderr == f"::error title=callstats%3A sum_total_cost > 1::{message}\n"
    assert done.stdout.splitlines()[-1].endswith("| whole range | ≥0.25 | 3 |")


def test_models_without_a_price_are_no_pass_by_themselves(run_cli: CommandLine, part: Path) -> None:
    words = ["--each-model", "sum_total_cost > 1", "--json"]
    (found,) = json.loads(checked(run_cli, part, *words).stdout)["checks"]
    assert (found["status"], found["unpriced_calls"]) == ("lower bound", 2)
    assert found["lower_bounds"] == [
        {"model": "home-made-3b", "value": 0, "calls": 2, "unpriced_calls": 2}
    ]
    alone = ["-s", "2026-03-02T10:00", "-u", "2026-03-02T11:00", "sum_total_cost > 1", "--json"]
    (found,) = json.loads(checked(run_cli, part, *alone).stdout)["checks"]
    assert (found["status"], found["unpriced_calls"]) == ("no data", 2)


def test_a_change_of_what_is_only_a_lower_bound(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [
        {"ts": f"2026-03-0{day}T09:00:00Z", "model": model, "prompt_tokens": 1000}
        for day, model in ((1, "gpt-4o"), (2, "gpt-4o"), (2, "home-made-3b"), (3, "gpt-4o"))
    ]
    log = tmp_path / "days.jsonl"
    log.write_text("".join(json.dumps(line) + "\n" for line in lines))
    for first, last, code, status in ((2, 3, 99, "lower bound"), (3, 4, 0, "ok")):
        words = ["-s", f"2026-03-0{first}", "-u", f"2026-03-0{last}T00:00", "--json"]
        done = checked(run_cli, log, *words, "delta(sum_total_cost) > 20%")
        assert (done.code, json.loads(done.stdout)["checks"][0]["status"]) == (code, status)
