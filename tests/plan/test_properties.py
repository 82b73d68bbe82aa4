"""What holds for every log and every request, whatever the answer is."""

from __future__ import annotations

import json
import random
from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agreement import disagreement
from asking import FILTER_FLAGS, as_body, as_flags, metric_word
from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import Flags
from callstats_cli.cli.question import build_request
from callstats_cli.request.body import request_from_body
from log_files import WRITERS, write, write_array, write_lines
from random_logs import (
    AGGREGATIONS,
    CALL_METRICS,
    NOW,
    PLACES,
    USAGE_METRICS,
    plain_calls,
    random_case,
    random_lines,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from conftest import CommandLine

NOW_US = int(NOW.timestamp()) * 1_000_000
EVERYTHING = [
    word
    for flag, metrics in (("--usage", USAGE_METRICS), ("--calls", CALL_METRICS))
    for metric in metrics
    for word in (flag, f"{metric}:sum,count,min,max,avg,p50,p99.9")
]
ADDITIVE = ("count", "sum_", "count_")


def log_of(seed: int, folder: Path, count: int = 60) -> tuple[Path, str]:
    """A random log, and the zone in whose clock change it lies."""
    zone, base = PLACES[seed % len(PLACES)]
    return write_lines(folder / "log.jsonl", random_lines(random.Random(seed), base, count)), zone


# Buckets


def added(rows: Sequence[dict[str, Any]]) -> dict[Any, float]:
    """The rows of a family summed: (model, additive key) → sum over all buckets."""
    sums: dict[Any, float] = defaultdict(float)
    for row in rows:
        for key, value in row.items():
            if key.startswith(ADDITIVE):
                sums[row.get("model"), key] += value
    return sums


@pytest.mark.parametrize(
    ("seed", "widths"),
    [(2, ["3157", "1d", "1mo"]), (3, ["1h", "6h", "1w"]), (9, ["1h", "2h", "1d"])],
)
def test_the_buckets_of_a_range_sum_to_the_range(
    seed: int, widths: list[str], run_cli: CommandLine, tmp_path: Path
) -> None:
    log, zone = log_of(seed, tmp_path)
    asked = [log, "-z", zone, "--usage", "input_tokens:sum,count", "--calls", "latency_ms:sum,count"]
    total = run_cli.query(*asked, "-g", "total", now=NOW.isoformat())
    assert total.counted > 30
    for width in widths:
        buckets = run_cli.query(*asked, "-g", width, now=NOW.isoformat())
        assert added(buckets.calls) == pytest.approx(added(total.calls)), width
        assert added(buckets.usage) == pytest.approx(added(total.usage)), width


@pytest.mark.parametrize(("seed", "wide", "narrow"), [(1, 7200, 3600), (6, 6314, 3157)])
def test_halving_a_width_refines_the_buckets(
    seed: int, wide: int, narrow: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    log, _ = log_of(seed, tmp_path)
    asked = [log, "--calls", "latency_ms:sum,count", "--calls", "error_count"]
    coarse, fine = (run_cli.query(*asked, "-g", width).calls for width in (wide, narrow))
    starts = {row["timestamp"]: place for place, row in enumerate(coarse)}
    parts: dict[int, list[dict[str, Any]]] = defaultdict(list)
    # The first bucket of the wider width may begin earlier than the first of the narrower.
    place = 0
    for row in fine:
        place = starts.get(row["timestamp"], place)
        parts[place].append(row)
    assert all(len(some) <= 2 for some in parts.values())
    for place, row in enumerate(coarse):
        assert added(parts[place]) == pytest.approx(added([row]))


def test_ranges_that_follow_each_other_add_up(run_cli: CommandLine, tmp_path: Path) -> None:
    log, _ = log_of(4, tmp_path)
    asked = [log, "--calls", "call_count:sum,count", "-g", "total", "--usage-scope", "recorded"]
    whole = run_cli.query(*asked, "-s", "2026-03-28", "-u", "2026-04-02T00:00")
    parts = [
        run_cli.query(*asked, "-s", start, "-u", end)
        for start, end in (
            ("2026-03-28", "2026-03-29T13:17:11.000001"),
            ("2026-03-29T13:17:11.000001", "2026-04-02T00:00"),
        )
    ]
    assert whole.counted == sum(part.counted for part in parts) > 30


@pytest.mark.parametrize("scope", ["auto", "own", "recorded"])
@pytest.mark.parametrize("seed", [5, 11, 12, 27])
def test_buckets_asked_one_by_one_are_those_of_the_range(
    seed: int, scope: str, run_cli: CommandLine, tmp_path: Path
) -> None:
    """Also where calls below others lie in other buckets."""
    log, _ = log_of(seed, tmp_path, 120)
    metrics = [word for name in USAGE_METRICS for word in ("--usage", f"{name}:sum,count,max")]
    asked = [log, *metrics, "--calls", "latency_ms:sum,count", "--usage-scope", scope]
    base = PLACES[seed % len(PLACES)][1].replace(minute=0)
    hours = [base + timedelta(hours=12 * number) for number in range(7)]
    edges = [hour.isoformat() for hour in hours]
    whole = run_cli.query(*asked, "-s", edges[0], "-u", edges[-1], "-g", 12 * 3600, now=NOW.isoformat())
    starts = [row["timestamp"] for row in whole.calls]
    assert len({row["model"] for row in whole.usage}) > 3
    for start, end in zip(starts, [*starts[1:], edges[-1]], strict=True):
        alone = run_cli.query(*asked, "-s", start, "-u", end, "-g", "total", now=NOW.isoformat())
        rows = [row for row in whole.usage if row["timestamp"] == start and row["count"]]
        assert disagreement(alone.usage, rows) is None
        assert disagreement(alone.calls, [r for r in whole.calls if r["timestamp"] == start]) is None


@pytest.mark.parametrize("parents", [False, True])
def test_more_calls_in_a_bucket_than_a_byte_holds(
    parents: bool, run_cli: CommandLine, tmp_path: Path
) -> None:
    """The default question where calls may repeat others and none does."""
    rows = [
        {
            "id": f"c{number}",
            "parent_id": f"c{number - 1}" if parents and number % 3 else None,
            "ts": 1_772_359_200 + number,
            "model": "m",
            "prompt_tokens": number,
            "duration_ms": 5,
            "error": "boom",
        }
        for number in range(200)
    ]
    (row,) = run_cli.query(write_lines(tmp_path / "a.jsonl", rows), "-g", "1d").calls
    assert (row["sum_call_count"], row["sum_error_count"]) == (200, 200)


# Ways of writing and of splitting


@pytest.mark.parametrize("seed", range(2))
def test_the_order_of_lines_does_not_matter_without_duplicates(
    seed: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    r = random.Random(seed)
    calls = plain_calls(r, PLACES[seed][1], 50)
    sorted_log = write_lines(tmp_path / "a.jsonl", calls)
    shuffled = write_lines(tmp_path / "b.jsonl", r.sample(calls, len(calls)))
    answers = [run_cli.query(log, *EVERYTHING).answer for log in (sorted_log, shuffled)]
    assert disagreement(*answers) is None  # type: ignore[arg-type]


def test_the_way_of_writing_does_not_matter(run_cli: CommandLine, tmp_path: Path) -> None:
    calls = plain_calls(random.Random(7), PLACES[4][1], 60)
    runs = {kind: run_cli.query(write(kind, tmp_path / kind, calls), *EVERYTHING) for kind in WRITERS}
    expected = runs["json_lines"]
    assert expected.counted == 60
    said = "9 totals are more than their counts explain (their cost may be too low)"
    for kind, found in runs.items():
        assert found.stderr == f"callstats: {said}\n", kind
        assert disagreement(found.answer, expected.answer, kind) is None


def test_the_way_of_writing_does_not_matter_to_a_narrow_question(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    calls = plain_calls(random.Random(8), PLACES[2][1], 60)
    started = sorted(call["started_at"] for call in calls)
    asked = [
        *("-s", started[15], "-u", started[45], "-g", "3157", "-z", "America/New_York"),
        *("-p", "p", "--op", "chat", "--thread", "th1", "--output-ref", "weave:///e/p/object/R:*"),
        *("--usage", "input_tokens", "--calls", "latency_ms:p95,sum"),
    ]
    runs = {kind: run_cli.query(write(kind, tmp_path / kind, calls), *asked) for kind in WRITERS}
    expected = runs["json_lines"]
    assert 0 < expected.counted < 30
    for kind, found in runs.items():
        assert disagreement(found.answer, expected.answer, kind) is None


@pytest.mark.parametrize("seed", [11, 12])
def test_splitting_into_files_does_not_matter(seed: int, run_cli: CommandLine, tmp_path: Path) -> None:
    _, base = PLACES[seed % len(PLACES)]
    lines = random_lines(random.Random(seed), base, 40)
    lines = [line for line in lines if line.strip().endswith("}")]  # no torn line in the middle
    whole = run_cli.query(write_lines(tmp_path / "whole.jsonl", lines), *EVERYTHING)
    folder = tmp_path / "parts"
    for number in range(5):
        write_lines(folder / f"{number}.jsonl", lines[number * 11 : (number + 1) * 11])
    write_lines(folder / "5.jsonl", lines[55:])
    parts = run_cli.query(folder, *EVERYTHING)
    assert disagreement(parts.answer, whole.answer) is None
    assert parts.stderr == whole.stderr


def test_files_of_every_way_of_writing_in_one_folder(run_cli: CommandLine, tmp_path: Path) -> None:
    calls = plain_calls(random.Random(9), PLACES[0][1], 90)
    expected = run_cli.query(write("json_lines", tmp_path / "expected", calls), *EVERYTHING)
    for number, kind in enumerate(WRITERS):
        write(kind, tmp_path / "mixed" / f"{number}", calls[number * 10 : number * 10 + 10])
    found = run_cli.query(tmp_path / "mixed", *EVERYTHING)
    assert disagreement(found.answer, expected.answer) is None


def test_odd_lines_read_alike_in_an_array(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = random_lines(random.Random(21), PLACES[1][1], 60)
    calls = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    in_lines = run_cli.query(write_lines(tmp_path / "a.jsonl", calls), *EVERYTHING, "--meta")
    in_array = run_cli.query(write_array(tmp_path / "b.json", calls), *EVERYTHING, "--meta")
    for name in ("usage_buckets", "call_buckets"):
        assert disagreement(in_array.answer[name], in_lines.answer[name]) is None
    assert in_array.quality == in_lines.quality


@pytest.mark.parametrize("seed", range(2))
def test_the_same_lines_twice_change_nothing(seed: int, run_cli: CommandLine, tmp_path: Path) -> None:
    log, _ = log_of(seed, tmp_path)
    copy = tmp_path / "copy.jsonl"
    kept = [line for line in log.read_text().splitlines() if '"id": "c' in line]
    write_lines(log, kept)
    write_lines(copy, kept)
    once = run_cli.query(log, *EVERYTHING)
    twice = run_cli.query(log, copy, *EVERYTHING)
    assert disagreement(twice.answer, once.answer) is None


# Filters


def test_a_filter_never_raises_a_count(run_cli: CommandLine, tmp_path: Path) -> None:
    log, _ = log_of(5, tmp_path)
    base = PLACES[5][1]
    asked = [
        *(log, "-s", base.isoformat(), "-u", (base + timedelta(days=3)).isoformat(), "-g", "6h"),
        *("--usage", "input_tokens", "--calls", "call_count", "--usage-scope", "recorded"),
    ]
    everything = run_cli.query(*asked)
    for flags in (
        ["--op", "chat"],
        ["--thread", "th1"],
        ["--roots-only"],
        ["-p", "p"],
        ["--input-ref", "weave:///e/p/object/D:*"],
    ):
        filtered = run_cli.query(*asked, *flags)
        both = run_cli.query(*asked, *flags, "--trace", "t1")
        assert everything.counted > filtered.counted > both.counted, flags
        for wider, narrower in ((everything, filtered), (filtered, both)):
            for family in ("calls", "usage"):
                counts = {key_of(row): row["count"] for row in getattr(wider, family)}
                for row in getattr(narrower, family):
                    assert row["count"] <= counts[key_of(row)], flags


def key_of(row: dict[str, Any]) -> tuple[str, str | None]:
    """What tells a row from the others."""
    return row["timestamp"], row.get("model")


# Flags and bodies

_TEXT = st.text(min_size=1, max_size=12).filter(lambda text: max(text) < "\ud7ff")
_PERCENTILES = st.one_of(st.integers(0, 100), st.sampled_from([99.9, 0.1, 12.5, 33.333]), st.just(50.0))


def _metrics(names: Sequence[str]) -> st.SearchStrategy[list[dict[str, Any]]]:
    asked = st.fixed_dictionaries(
        {
            "metric": st.sampled_from(names),
            "aggregations": st.lists(st.sampled_from(AGGREGATIONS), max_size=3),
            "percentiles": st.lists(_PERCENTILES, max_size=3),
        }
    )
    # `METRIC` alone is `METRIC:sum`: the body that says the same names the sum.
    some = asked.filter(lambda one: bool(one["aggregations"] or one["percentiles"]))
    return st.lists(some, min_size=1, max_size=3)


REQUESTS = st.fixed_dictionaries(
    {
        "project_id": _TEXT,
        "start": st.datetimes().map(lambda at: at.replace(year=1990 + at.year % 10).isoformat()),
        "end": st.datetimes().map(lambda at: at.replace(year=2001 + at.year % 10).isoformat()),
        "granularity": st.none() | st.integers(1, 10**7),
        "timezone": st.just("UTC"),
        "usage_metrics": _metrics(USAGE_METRICS),
        "call_metrics": _metrics(CALL_METRICS),
        "filter": st.fixed_dictionaries(
            {},
            optional={
                "trace_roots_only": st.booleans(),
                **{name: st.lists(_TEXT, min_size=1, max_size=2) for name in FILTER_FLAGS},
            },
        ),
    }
)


def flags_of(request: dict[str, Any]) -> Flags:
    """The request's fields as they would be typed."""
    width = request["granularity"]
    asked = request["filter"]
    typed = {
        flag.removeprefix("--").replace("-", "_"): asked.get(name)
        for name, flag in FILTER_FLAGS.items()
    }
    typed["roots_only"] = asked.get("trace_roots_only")
    return Flags(
        project=request["project_id"],
        start=request["start"],
        end=request["end"],
        granularity=None if width is None else str(width),
        timezone=request["timezone"],
        usage=[metric_word(asked) for asked in request["usage_metrics"]],
        calls=[metric_word(asked) for asked in request["call_metrics"]],
        filters=typed,
    )


@settings(max_examples=120, deadline=None)
@given(REQUESTS)
def test_flags_and_the_equivalent_body_are_one_request(request: dict[str, Any]) -> None:
    from_flags = build_request(flags_of(request), NOW_US, Diagnostics(quiet=True))
    from_body = request_from_body(json.dumps(request).encode())
    assert from_flags == from_body


@pytest.mark.parametrize("seed", range(5))
def test_flags_and_the_equivalent_body_are_one_answer(
    seed: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    case = random_case(seed)
    request = {
        **case.request,
        "project_id": "p",
        "start": case.request["start"] or "2026-03-01T00:00:00Z",
        "end": case.request["end"] or "2026-12-01T00:00:00Z",
        "granularity": 3157,
    }
    request["end"] = max(request["start"], request["end"])
    log = write_lines(tmp_path / "log.jsonl", case.lines)
    by_flags = run_cli.query(log, *as_flags(request))
    by_body = run_cli.query(log, *as_body(request, tmp_path / "body.json"))
    assert by_flags == by_body
