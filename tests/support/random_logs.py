"""Random logs and requests for tests that compare two ways to an answer; a seed gives the same again.

A log is a Weave export around a clock change: odd times and counts, duplicates, late lines, rolled-up
usage, lines that are no calls. What the specification leaves open is not generated.
"""

from __future__ import annotations

import json
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

NOW = datetime(2027, 1, 15, 8, tzinfo=UTC)
AGGREGATIONS = ("sum", "avg", "min", "max", "count", "count_true", "count_false")
USAGE_METRICS = (
    "input_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "cache_creation_input_tokens",
)
CALL_METRICS = ("latency_ms", "call_count", "error_count")
PLACES = (
    ("UTC", datetime(1969, 12, 31, 20, tzinfo=UTC)),
    ("UTC", datetime(2026, 2, 28, 12, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 3, 8, 3, tzinfo=UTC)),
    ("America/New_York", datetime(2026, 11, 1, 2, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 3, 29, tzinfo=UTC)),
    ("Europe/Berlin", datetime(2026, 10, 25, tzinfo=UTC)),
    ("Asia/Kolkata", datetime(2026, 3, 1, tzinfo=UTC)),
    ("Asia/Kathmandu", datetime(2026, 3, 1, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 4, 4, 12, tzinfo=UTC)),
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 12, tzinfo=UTC)),
)
"""Zone and about when its calls begin: two days that hold a change of its clocks, where it has any."""

_CHAT = "weave:///e/p/op/chat"
_DATA = "weave:///e/p/object/D"
_RESULT = "weave:///e/p/object/R:1"
_FILTERS: tuple[dict[str, Any], ...] = (
    *({},) * 6,
    {"op_names": ["chat"]},
    {"op_names": [f"{_CHAT}:v1", "plain"]},
    {"op_names": [f"{_CHAT}:*"]},
    {"op_names": ["agent:*"]},
    {"trace_roots_only": True},
    {"thread_ids": ["th1"]},
    {"turn_ids": ["tu1", "tu2"]},
    {"wb_user_ids": ["u1", "u2"]},
    {"wb_run_ids": ["run1"]},
    {"wb_run_ids": ["e/p/run1"]},
    {"input_refs": [f"{_DATA}:*"]},
    {"output_refs": [_RESULT]},
    {"trace_ids": ["t1"], "parent_ids": ["c1", "c2", "c3", "c4"]},
    {"call_ids": ["c1", "c5", "c7"]},
)
_COUNTS = (
    "prompt_tokens",
    "input_tokens",
    "completion_tokens",
    "output_tokens",
    "total_tokens",
    "cache_read_input_tokens",
    "gross_input_tokens",
    "cache_creation_input_tokens",
    "requests",
)
_RARER_COUNTS = (
    "cached_tokens",
    "cached_input_tokens",
    "cache_write_tokens",
    "cache_write_input_tokens",
    "reasoning_tokens",
    "thoughts_tokens",
)
_DETAILS = {
    "prompt_tokens_details": ("cached_tokens", "cache_write_tokens"),
    "input_tokens_details": ("cached_tokens", "cache_write_tokens"),
    "completion_tokens_details": ("reasoning_tokens",),
    "output_tokens_details": ("reasoning_tokens",),
    "cache_creation": ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens"),
}
_ODD_COUNTS = (0, None, "12", "3.5", 7.25, -1, "abc", True, [1], {"a": 1}, "", 1e3, "1e2")
_MODELS = ("gpt-4o", "claude", 'ü"x', "m.1")
_NO_CALLS = ("", "not json", "[1]", '{"id":"torn', "5")


@dataclass(frozen=True)
class RandomCase:
    """A log, a request over it, and how to read the log."""

    lines: list[str]
    request: dict[str, Any]
    usage_scope: str
    dedupe: str


def random_case(seed: int) -> RandomCase:
    """The case of a seed; seeds that follow each other take turns with the places."""
    r = random.Random(seed)
    zone, base = PLACES[seed % len(PLACES)]
    lines = random_lines(r, base, r.randrange(40))
    return RandomCase(
        lines,
        random_request(r, base, zone if r.random() < 0.9 else "UTC"),
        r.choice(["auto", "auto", "own", "recorded"]),
        r.choice(["auto", "auto", "always", "never"]),
    )


# Requests


def random_request(r: random.Random, base: datetime, zone: str) -> dict[str, Any]:
    """A request as the oracle takes it: `project_id`, `start` and `end` may be null."""
    start = base + timedelta(seconds=r.randrange(-3600, 90_000)) if r.random() < 0.8 else None
    end = None
    if start is None and r.random() < 0.3:
        end = base + timedelta(seconds=r.randrange(200_000))
    elif start is not None and r.random() < 0.95:
        end = start + timedelta(seconds=r.randrange(150_000), microseconds=r.randrange(2))
    widths = [None, 3600, 7200, 21600, 86400, 3157, 900, "1w", "1mo", "total"]
    until_now = start is not None and end is None
    usage = [_asked(r, name) for name in r.sample(USAGE_METRICS, r.randrange(4))]
    calls = [_asked(r, name) for name in r.sample(CALL_METRICS, r.randrange(0 if usage else 1, 3))]
    return {
        "project_id": r.choice(["p", "p", "q", "zz"]) if r.random() < 0.6 else None,
        "start": _iso(start),
        "end": _iso(end),
        "granularity": "total" if until_now else r.choice(widths),
        "timezone": zone,
        "usage_metrics": usage,
        "call_metrics": calls,
        "filter": r.choice(_FILTERS),
    }


def _asked(r: random.Random, metric: str) -> dict[str, Any]:
    percentiles = r.choice([[], [50], [95, 99.9, 0], [33.3]])
    aggregations = r.sample(AGGREGATIONS, r.randrange(4))
    return {"metric": metric, "aggregations": aggregations, "percentiles": percentiles}


def _iso(instant: datetime | None) -> str | None:
    return None if instant is None else instant.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# Logs


def random_lines(r: random.Random, base: datetime, count: int) -> list[str]:
    """The lines of a log of about so many calls."""
    records: list[Any] = []
    ids: dict[str, datetime] = {}
    for number in range(count):
        start, record = _random_call(r, f"c{number}", ids, base)
        if record.get("id"):
            ids[record["id"]] = start
        records.append(record)
        if r.random() < 0.1:
            records.append(r.choice(records))
        if r.random() < 0.05:
            records.append(_late(r, records))
        if r.random() < 0.03:
            records.append(r.choice(_NO_CALLS))
    if r.random() < 0.4:
        records = rolled_up(records)
    ascii_only = r.random() < 0.5
    return [
        item if isinstance(item, str) else json.dumps(item, ensure_ascii=ascii_only) for item in records
    ]


def plain_calls(r: random.Random, base: datetime, count: int) -> list[dict[str, Any]]:
    """Calls without anything odd, in order of their starts: every way of writing can hold them."""
    started = sorted(base + timedelta(microseconds=r.randrange(10**11)) for _ in range(count))
    calls: list[dict[str, Any]] = []
    for number, start in enumerate(started):
        above = r.choice([None, *(call["id"] for call in calls[-6:])])
        counts = r.sample(_COUNTS[:-1], r.randrange(1, 6))
        entry: dict[str, Any] = {name: r.randrange(5000) for name in counts}
        if r.random() < 0.3:
            entry["prompt_tokens_details"] = {"cached_tokens": r.randrange(100)}
        calls.append(
            {
                "id": f"c{number}",
                "project_id": r.choice(["p", "q"]),
                "op_name": r.choice(
                    [f"{_CHAT}:v1", f"{_CHAT}:v2", "plain", "weave:///e/p/op/agent:v1"]
                ),
                "trace_id": r.choice(["t1", "t2"]),
                "parent_id": above,
                "thread_id": r.choice(["th1", "th2", None]),
                "turn_id": r.choice(["tu1", "tu2", None]),
                "wb_user_id": r.choice(["u1", "u2"]),
                "wb_run_id": r.choice(["e/p/run1", None]),
                "started_at": _iso(start),
                "inputs": r.choice([{"a": f"{_DATA}:v1"}, {"a": "x"}]),
                "output": r.choice([_RESULT, {"k": 1}, None]),
                "exception": r.choice([None, None, "boom"]),
                "ended_at": _iso(start + timedelta(microseconds=r.randrange(60_000_000))),
                "summary": {"usage": dict.fromkeys(r.sample(_MODELS, r.choice([1, 1, 2])), entry)},
            }
        )
    return rolled_up(calls) if r.random() < 0.7 else calls


def _random_call(
    r: random.Random, name: str, ids: dict[str, datetime], base: datetime
) -> tuple[datetime, dict[str, Any]]:
    """A call and its start, mostly about that of the call above it."""
    start = base + timedelta(microseconds=r.randrange(2 * 10**11))
    earlier = r.choice(list(ids)) if ids else None
    if earlier and r.random() < 0.8:
        start = ids[earlier] + timedelta(
            seconds=r.choice([r.randrange(-4000, 90_000), r.randrange(40)])
        )
    call = {
        "id": name if r.random() < 0.95 else r.choice([None, "", earlier]),
        "project_id": r.choice(["p", "p", "p", "q", None]),
        "op_name": r.choice(
            [f"{_CHAT}:v1", f"{_CHAT}:v2", "plain", "chat", "weave:///e/p/op/agent:v1", None]
        ),
        "trace_id": r.choice(["t1", "t2"]),
        "parent_id": r.choice([None, earlier, earlier]),
        "thread_id": r.choice([None, "th1", "th2", ""]),
        "turn_id": r.choice([None, "tu1", "tu3"]),
        "wb_user_id": r.choice(["u1", "u2", "u3", None]),
        "wb_run_id": r.choice([None, "e/p/run1", "run1", "e/p/rerun1"]),
        "started_at": _random_time(r, start),
        "ended_at": _random_end(r, start),
        "exception": r.choice([None, None, None, "", "boom"]),
        "deleted_at": r.choice([*(None,) * 12, "2026-05-01T00:00:00Z", "1970-01-01T00:00:00Z"]),
        "inputs": r.choice(
            [{"a": f"{_DATA}:v1"}, {"b": ["no", {"c": f"{_DATA}:v2"}]}, {"weave:///k": 1}, "x"]
        ),
        "output": r.choice([None, _RESULT, {"k": "v"}]),
        "summary": _random_summary(r),
    }
    return start, {name: value for name, value in call.items() if r.random() < 0.97}


def _random_time(r: random.Random, instant: datetime) -> str | None:
    choice = r.random()
    if choice < 0.8:
        return _iso(instant)
    if choice < 0.9:
        return instant.astimezone(timezone(timedelta(hours=5, minutes=30))).isoformat()
    if choice < 0.95:
        return instant.strftime("%Y-%m-%d %H:%M:%S")
    basic = instant.strftime("%Y%m%dT%H%M%SZ")
    comma = instant.strftime("%Y-%m-%dT%H:%M:%S,%f+0000")
    return r.choice([basic, comma, "garbage", None])


def _random_end(r: random.Random, start: datetime) -> str | None:
    choice = r.random()
    if choice < 0.2:
        return None
    if choice < 0.22:
        return "1970-01-01T00:00:00Z"
    earliest = -1000 if choice < 0.5 else 0
    longest = 60_000_000 if choice < 0.8 else 20_000_000_000
    return _random_time(r, start + timedelta(microseconds=r.randrange(earliest, longest)))


def _random_summary(r: random.Random) -> Any:
    choice = r.random()
    if choice < 0.05:
        return {"usage": r.choice([None, {}, [], "text", [1]])}
    if choice < 0.15:
        return {}
    usage: Any = _random_usage(r)
    if choice < 0.25:
        usage = json.dumps(usage)
    summary = {"usage": usage}
    return json.dumps(summary) if choice > 0.95 else summary


def _random_usage(r: random.Random) -> dict[str, Any]:
    usage: dict[str, Any] = {}
    for model in r.sample(_MODELS, r.choice([0, 1, 1, 1, 2])):
        entry: dict[str, Any] = {
            name: _random_count(r) for name in r.sample(_COUNTS, r.randrange(1, 6))
        }
        for name in r.sample(_RARER_COUNTS, r.choice([0, 0, 0, 1, 2])):
            entry[name] = _random_count(r)
        for name, inside in _DETAILS.items():
            if r.random() < 0.15:
                written = r.sample(inside, r.randrange(len(inside) + 1))
                entry[name] = {detail: _random_count(r) for detail in written}
        if r.random() < 0.3:
            entry = _with_a_total(r)
        usage[model] = entry if r.random() < 0.96 else r.choice([None, "oops", 5, []])
    return usage


def _random_count(r: random.Random) -> Any:
    return r.randrange(5000) if r.random() < 0.75 else r.choice(_ODD_COUNTS)


def _with_a_total(r: random.Random) -> dict[str, Any]:
    """An entry of readable counts whose total is one of the sums that spec 5 knows, or more or less."""
    numbers = {name: r.randrange(900) for name in ("input", "output", "reasoning", "read", "written")}
    sums = (("reasoning",), ("read",), ("read", "written"), ("reasoning", "read", "written"), ())
    total = sum(numbers[name] for name in ("input", "output", *r.choice(sums)))
    read = r.choice(["cache_read_input_tokens", "cached_tokens"])
    return {
        r.choice(["prompt_tokens", "input_tokens"]): numbers["input"],
        r.choice(["completion_tokens", "output_tokens"]): numbers["output"],
        "output_tokens_details": {"reasoning_tokens": numbers["reasoning"]},
        **(
            {read: numbers["read"], "cache_write_tokens": numbers["written"]}
            if r.random() < 0.8
            else {}
        ),
        "total_tokens": max(0, total + r.choice([0, 0, 0, 0, 1, -2, 5000])),
    }


def _late(r: random.Random, records: list[Any]) -> dict[str, Any]:
    """A line of some call that came later and without its start."""
    earlier = r.choice([item for item in records if isinstance(item, dict)])
    return {**earlier, "started_at": None, "exception": "late"}


def rolled_up(records: list[Any]) -> list[Any]:
    """The records with each parent's counts raised by those of its children, the last ones first."""
    copies = json.loads(json.dumps(records))
    by_id = {item["id"]: item for item in copies if isinstance(item, dict) and item.get("id")}
    for item in reversed(copies):
        parent = by_id.get(item.get("parent_id")) if isinstance(item, dict) else None
        if parent is not None:
            _add_usage(_usage_of(parent), _usage_of(item))
    return list(copies)


def _usage_of(call: dict[str, Any]) -> dict[str, Any]:
    summary = call.get("summary")
    usage = summary.get("usage") if isinstance(summary, dict) else None
    return usage if isinstance(usage, dict) else {}


def _add_usage(above: dict[str, Any], below: dict[str, Any]) -> None:
    for model, entry in below.items():
        total = above.setdefault(model, {})
        if isinstance(entry, dict) and isinstance(total, dict):
            for name, value in entry.items():
                if _is_count(value) and _is_count(total.get(name, 0)):
                    total[name] = total.get(name, 0) + value


def _is_count(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
