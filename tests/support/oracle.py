"""The oracle: what `callstats` must answer, worked out slowly in plain Python.

It is an independent reading of docs/specification.md for one Weave-export JSON Lines log: standard library
only, no engine, no code of the package. One function per rule, named in the words of spec 1.
Instants are integer microseconds since 1970-01-01T00:00:00Z, token counts are exact fractions,
so that no rounding happens before the last step. Costs are left out.

Where the specification leaves room, this is what the oracle takes it to say:

- Lines (12): a BOM is skipped before any line; JSON that is no object is malformed; a lone
  surrogate becomes U+FFFD. In a write-ahead log other types than call parts are no calls.
- Times (5): numeric text is always an epoch number, eight digits too; "largest" compares
  magnitudes (below 1e11 s, 1e14 ms, 1e17 us, else ns); numbers are cut toward zero; a date alone
  is its midnight; blanks around a text are ignored; an unreadable time is null.
- Counts (5): of the places that a count may have, the first that is not null or `''` counts. A zero of
  `cache_creation_input_tokens` does not hide its parts by lifetime or a detail of the input; of its
  parts the readable ones count. A total that cannot be read is null where it is the only count. A
  comparison of a recorded total with a sum that holds an unreadable count does not hold. Decimal text
  may have a sign and an exponent; `''` is null. A usage entry that is
  null is absent, not unusable; a whole `usage` that is not an object is one unusable entry.
- A text or an exception that is another JSON type is read as its JSON text.
- Merging (6): the identity holds `started_at` cut to the millisecond, not the project; a line
  without `started_at` belongs to the earliest call of its id in the whole log, in range or not;
  with `dedupe="never"` it is undated. Parts of a write-ahead log always join.
- The range of a request without `start` (3) is that of the project's calls, deleted ones included
  (spec 6 puts the range before the deletion), whatever the filter.
- A log's own `input_refs` and `output_refs` are used for the calls where they are not empty (5).
- Own usage (10): a call carries usage of a model if it has a usage row for it, zeros included;
  only the keys of spec 5 are counts (not `requests`). What takes part under `auto` are the calls that
  match the filter. A parent id carried by several calls means the latest that had started when the
  child did. A count that cannot be read stays so.
- Quality (12): `malformed`, `undated`, `unreadable_times` (started_at, ended_at, deleted_at) over
  the whole log; `merged` (lines beyond the first of each call) and `reused_ids` (ids) over calls
  in range, 0 with `dedupe="never"`; the rest over the calls that count, `unreadable_counts` (as
  recorded) for the counts that the asked metrics are made of.
- Output (8, 11): "every value is one" is said of the values of one cell, and 10.0 is an integer;
  sums of latencies are always floats; `Z` only for the zone named `UTC`; an offset with seconds
  is written cut to minutes, the instant kept.
"""

import json
import math
import re
import zoneinfo
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any

# Zone rules are those of the tzdata package, never the system's (spec 7).
zoneinfo.reset_tzpath(to=[])

SECOND = 1_000_000
HOUR = 3600
DAY = 86400
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Answer:
    """The response of spec 11 and what `meta` would say about it."""

    response: dict[str, Any]
    quality: dict[str, int]
    adjusted: bool


# --------------------------------------------------------------------------- lines (spec 4, 12)


@dataclass(frozen=True)
class Line:
    """One object of the log: a whole call, or a `start`/`end` part of a write-ahead log."""

    columns: Mapping[str, Any]
    is_part: bool


def read_lines(lines: Sequence[str | bytes]) -> tuple[list[Line], int]:
    """Return the lines that hold calls or parts of calls, and how many lines are malformed."""
    read: list[Line] = []
    malformed = 0
    for raw in lines:
        try:
            text = raw.decode("utf-8", "surrogatepass") if isinstance(raw, bytes) else raw
            text = text.removeprefix("\ufeff").strip(" \t\r\n")
            value = read_json(text) if text else {}
        except (ValueError, RecursionError):
            malformed += 1
            continue
        if not text:
            continue
        if not isinstance(value, dict):
            malformed += 1
        elif isinstance(value.get("type"), str) and isinstance(value.get("req"), dict):
            part = {"call_start": "start", "call_end": "end"}.get(value["type"])
            if part and isinstance(value["req"].get(part), dict):
                read.append(Line(value["req"][part], is_part=True))
        else:
            read.append(Line(value, is_part=False))
    return read, malformed


def read_json(text: str) -> Any:
    """Parse JSON; fractions keep every digit, lone surrogates become U+FFFD."""
    return without_surrogates(json.loads(text, parse_float=exact_number))


def exact_number(text: str) -> Decimal | float:
    """Read a number with a fraction or an exponent; one beyond any decimal is 0 or infinite."""
    try:
        return Decimal(text)
    except ArithmeticError:
        return float(text)


def without_surrogates(value: Any) -> Any:
    """Replace what UTF-8 cannot hold, in keys and values, so that the answer can be written."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [without_surrogates(item) for item in value]
    if isinstance(value, dict):
        return {without_surrogates(k): without_surrogates(v) for k, v in value.items()}
    return value


# ------------------------------------------------------------------ times, texts, counts (spec 5)

NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
ISO_TIME = re.compile(
    r"(?P<year>[0-9]{4})(?P<dash>-?)(?P<month>[0-9]{2})(?P=dash)(?P<day>[0-9]{2})"
    r"(?:[Tt ](?P<hour>[0-9]{2})"
    r"(?:(?P<colon>:?)(?P<minute>[0-9]{2})"
    r"(?:(?P=colon)(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]+))?)?)?"
    r"(?P<offset>[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"
)
EPOCH_UNITS = (  # magnitudes below the first number are in units of the second, in microseconds
    (Fraction(10**11), Fraction(1_000_000)),
    (Fraction(10**14), Fraction(1_000)),
    (Fraction(10**17), Fraction(1)),
)
NANOSECOND = Fraction(1, 1000)
FIRST_INSTANT = (datetime(1, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
LAST_INSTANT = (datetime(9999, 12, 31, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def number(value: Any) -> Fraction | None:
    """Read a finite JSON number or decimal text exactly; anything else is None."""
    if isinstance(value, str) and NUMBER.fullmatch(value.strip()):
        value = exact_number(value.strip())
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    try:
        if not math.isfinite(float(value)):
            return None
    except OverflowError:
        return None
    # A number too small for a double would need an absurd denominator: it is zero.
    return Fraction(value) if float(value) else Fraction(0)


def epoch_unit(column: Sequence[Any]) -> Fraction:
    """Decide the unit of a column's epoch numbers, in microseconds, from its largest value."""
    largest = max((abs(n) for n in map(number, column) if n is not None), default=Fraction(0))
    return next((unit for limit, unit in EPOCH_UNITS if largest < limit), NANOSECOND)


def instant(value: Any, unit: Fraction) -> int | None:
    """Read a time (epoch number in `unit`, or ISO 8601, naive = UTC); None if unreadable."""
    epoch = number(value)
    if epoch is not None:
        microseconds = int(epoch * unit)
    elif isinstance(value, str):
        parsed = iso_instant(value.strip())
        if parsed is None:
            return None
        microseconds = parsed
    else:
        return None
    return microseconds if FIRST_INSTANT <= microseconds <= LAST_INSTANT else None


def iso_instant(text: str) -> int | None:
    """Read ISO 8601, extended or basic; `:60` is the next minute, `24:00` the next day."""
    match = ISO_TIME.fullmatch(text)
    if match is None:
        return None
    try:
        days = (date(int(match["year"]), int(match["month"]), int(match["day"]))).toordinal()
    except ValueError:
        return None
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    microsecond = int((match["fraction"] or "")[:6].ljust(6, "0"))
    end_of_day = hour == 24 and minute == second == 0 and not int(match["fraction"] or 0)
    if (hour > 23 and not end_of_day) or minute > 59 or second > 60:
        return None
    offset = utc_offset(match["offset"] or "Z")
    if offset is None:
        return None
    seconds = (days - EPOCH.toordinal()) * DAY + hour * HOUR + minute * 60 + second - offset
    return seconds * SECOND + microsecond


def utc_offset(text: str) -> int | None:
    """Read `Z`, `+hh`, `+hhmm` or `+hh:mm` as seconds east of UTC."""
    if text in "Zz":
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:
        return None
    return (hours * HOUR + minutes * 60) * (-1 if text[0] == "-" else 1)


def is_empty(value: Any) -> bool:
    """Say whether a cell is null: null, `''`, `{}` and `[]` are, 0 and false are not."""
    return value is None or (isinstance(value, str | list | dict) and not value)


def as_text(value: Any) -> str | None:
    """Read a text column; `''` is null, another JSON type is its JSON text."""
    if is_empty(value):
        return None
    return value if isinstance(value, str) else json.dumps(value, default=str)


# ------------------------------------------------------------------------------ a call (spec 5)


@dataclass(frozen=True)
class Call:
    """The columns of spec 5; times in microseconds, `usage` not empty but otherwise as written."""

    project_id: str | None
    id: str | None
    op_name: str | None
    trace_id: str | None
    parent_id: str | None
    thread_id: str | None
    turn_id: str | None
    wb_user_id: str | None
    wb_run_id: str | None
    started_at: int | None
    ended_at: int | None
    deleted_at: int | None
    exception: str | None
    input_refs: tuple[str, ...] | None
    output_refs: tuple[str, ...] | None
    usage: Any


TIME_COLUMNS = ("started_at", "ended_at", "deleted_at")
# Storage writes the epoch for "none" into these two; a start at the epoch is a start.
EPOCH_MEANS_NULL = ("ended_at", "deleted_at")


def read_calls(lines: Sequence[Line]) -> tuple[list[Call], int]:
    """Map every line to the columns of a call; also count the unreadable times."""
    columns = [line.columns for line in lines]
    units = {name: epoch_unit([c.get(name) for c in columns]) for name in TIME_COLUMNS}
    times = [{name: instant(c.get(name), units[name]) for name in TIME_COLUMNS} for c in columns]
    unreadable = sum(
        read[name] is None and not (c.get(name) is None or c.get(name) == "")
        for c, read in zip(columns, times, strict=True)
        for name in TIME_COLUMNS
    )
    for read in times:
        read.update({name: None for name in EPOCH_MEANS_NULL if read[name] == 0})
    return [call_of(c, t) for c, t in zip(columns, times, strict=True)], unreadable


def call_of(columns: Mapping[str, Any], times: Mapping[str, int | None]) -> Call:
    """Map one line to the columns of spec 5."""
    return Call(
        project_id=as_text(columns.get("project_id")),
        id=as_text(columns.get("id")),
        op_name=as_text(columns.get("op_name")),
        trace_id=as_text(columns.get("trace_id")),
        parent_id=as_text(columns.get("parent_id")),
        thread_id=as_text(columns.get("thread_id")),
        turn_id=as_text(columns.get("turn_id")),
        wb_user_id=as_text(columns.get("wb_user_id")),
        wb_run_id=as_text(columns.get("wb_run_id")),
        started_at=times["started_at"],
        ended_at=times["ended_at"],
        deleted_at=times["deleted_at"],
        exception=as_text(columns.get("exception")),
        input_refs=refs(columns.get("input_refs"), columns.get("inputs")),
        output_refs=refs(columns.get("output_refs"), columns.get("output")),
        usage=recorded_usage(columns.get("summary")),
    )


def refs(own: Any, content: Any) -> tuple[str, ...] | None:
    """Return the log's own list of refs where it has one, else those found in the content."""
    if isinstance(own, list) and own:
        return tuple(text for text in map(as_text, own) if text is not None) or None
    return tuple(found_refs(content)) or None


def found_refs(content: Any) -> Iterator[str]:
    """Yield every string value, not key, that starts like a ref, however deep."""
    if isinstance(content, str):
        if content.startswith(("weave:///", "weave-trace-internal:///")):
            yield content
    elif isinstance(content, list):
        for item in content:
            yield from found_refs(item)
    elif isinstance(content, dict):
        for item in content.values():
            yield from found_refs(item)


def recorded_usage(summary: Any) -> Any:
    """Return `summary.usage`, both objects or JSON text; None if empty, text if not JSON."""
    summary = parsed(summary)
    usage = parsed(summary.get("usage")) if isinstance(summary, dict) else None
    return None if is_empty(usage) else usage


def parsed(value: Any) -> Any:
    """Parse JSON text; return what is no JSON text as it is."""
    if not isinstance(value, str):
        return value
    try:
        return read_json(value)
    except (ValueError, RecursionError):
        return value


# --------------------------------------------------------------- which calls count: merging (6)

Identity = tuple[str, int | None]


def identities(calls: Sequence[Call]) -> list[Identity | None]:
    """Return what makes each line's call one: its id and its start, to the millisecond.

    A line without a start takes the earliest start of its id (None if no line of the id has one);
    a line without an id has no identity: it is a call of its own.
    """
    earliest: dict[str, int] = {}
    for call in calls:
        if call.id is not None and call.started_at is not None:
            millisecond = call.started_at // 1000
            earliest[call.id] = min(millisecond, earliest.get(call.id, millisecond))
    return [
        None
        if call.id is None
        else (call.id, earliest.get(call.id))
        if call.started_at is None
        else (call.id, call.started_at // 1000)
        for call in calls
    ]


def grouped(calls: Sequence[Call]) -> list[list[Call]]:
    """Group the lines that belong to one call, all in reading order."""
    groups: dict[Identity | int, list[Call]] = {}
    for position, (call, identity) in enumerate(zip(calls, identities(calls), strict=True)):
        groups.setdefault(position if identity is None else identity, []).append(call)
    return list(groups.values())


def merged(group: Sequence[Call]) -> Call:
    """Merge lines column by column: the last one that is not null wins.

    Columns are null where they were empty, so an exception or a deletion, once set, stays.
    """
    result = group[0]
    for later in group[1:]:
        present = {name: value for name, value in vars(later).items() if value is not None}
        result = replace(result, **present)
    return result


def calls_of(lines: Sequence[Line], dedupe: str) -> tuple[list[Call], list[int], int]:
    """Return the calls of the log, the number of lines of each, and the unreadable times.

    Joining the parts of a write-ahead log is reading: it happens whatever `dedupe` says, and a
    joined call is one line (read after the whole calls, should a log mix both).
    """
    mapped, unreadable_times = read_calls(lines)
    whole = [call for call, line in zip(mapped, lines, strict=True) if not line.is_part]
    parts = [call for call, line in zip(mapped, lines, strict=True) if line.is_part]
    read = whole + [merged(group) for group in grouped(parts)]
    groups = [[call] for call in read] if dedupe == "never" else grouped(read)
    return [merged(group) for group in groups], [len(g) for g in groups], unreadable_times


# -------------------------------------------------------------- which calls count: filters (6)


def counts_in_range(call: Call, start: int, end: int) -> bool:
    """Say whether a call lies in the half-open range; an undated one never does."""
    return call.started_at is not None and start <= call.started_at < end


def belongs_to(call: Call, project_id: str | None) -> bool:
    """Say whether a call is of the project asked for; a null project belongs to any."""
    return project_id is None or call.project_id is None or call.project_id == project_id


def active_filter(request: Mapping[str, Any]) -> dict[str, Any]:
    """Return the filter fields that filter: null, an empty list and false do not."""
    return {name: value for name, value in (request.get("filter") or {}).items() if value}


def matches_filter(call: Call, fields: Mapping[str, Any]) -> bool:
    """Say whether every filter field holds; within a field one value suffices."""
    tests: dict[str, Callable[[Any], bool]] = {
        "op_names": lambda v: any(matches_op_name(call.op_name, name) for name in v),
        "input_refs": lambda v: any_ref_matches(call.input_refs, v),
        "output_refs": lambda v: any_ref_matches(call.output_refs, v),
        "parent_ids": lambda v: call.parent_id in v,
        "trace_ids": lambda v: call.trace_id in v,
        "call_ids": lambda v: call.id in v,
        "thread_ids": lambda v: call.thread_id in v,
        "turn_ids": lambda v: call.turn_id in v,
        "trace_roots_only": lambda _: call.parent_id is None,
        "wb_user_ids": lambda v: call.wb_user_id in v,
        "wb_run_ids": lambda v: any(matches_run_id(call.wb_run_id, run) for run in v),
    }
    return all(tests[name](value) for name, value in fields.items())


def matches_op_name(op_name: str | None, wanted: str) -> bool:
    """Match a full ref exactly, `...:*` for any version, or a bare op name (`name:*` the same)."""
    if op_name is None:
        return False
    if "://" in wanted:
        return matches_ref(op_name, wanted)
    bare = wanted.removesuffix(":*")
    return bare in (op_name, op_of_ref(op_name))


def op_of_ref(ref: str) -> str | None:
    """Return the name of the op that a ref points to, None if it is no op ref."""
    scheme, separator, path = ref.partition(":///")
    entity_and_project = {"weave": 2, "weave-trace-internal": 1}.get(scheme)
    if not separator or entity_and_project is None:
        return None
    parts = path.split("/", entity_and_project + 1)
    if len(parts) < entity_and_project + 2 or parts[entity_and_project] != "op":
        return None
    return parts[-1].rpartition(":")[0] or parts[-1]


def matches_ref(ref: str, wanted: str) -> bool:
    """Match a ref exactly, or with `:*` every version of it."""
    return ref.startswith(wanted[:-1]) if wanted.endswith(":*") else ref == wanted


def any_ref_matches(found: Sequence[str] | None, wanted: Sequence[str]) -> bool:
    """Say whether the list holds any of the values."""
    return any(matches_ref(ref, value) for ref in found or () for value in wanted)


def matches_run_id(run_id: str | None, wanted: str) -> bool:
    """Match a run id exactly; a bare one also as the last part of `entity/project/run`."""
    if run_id is None:
        return False
    return run_id == wanted or ("/" not in wanted and run_id.endswith("/" + wanted))


# ----------------------------------------------------------------------- usage metrics (spec 5)

Path = tuple[str, ...]
# One model's counts: a key that is absent or null is missing, an unreadable count is None.
Counts = Mapping[Path, Fraction | None]

GROSS: Path = ("gross_input_tokens",)
PROMPT: Path = ("prompt_tokens",)
INPUT: Path = ("input_tokens",)
COMPLETION: Path = ("completion_tokens",)
OUTPUT: Path = ("output_tokens",)
TOTAL: Path = ("total_tokens",)
CACHE_READ: Path = ("cache_read_input_tokens",)
PROMPT_CACHED: Path = ("prompt_tokens_details", "cached_tokens")
INPUT_CACHED: Path = ("input_tokens_details", "cached_tokens")
CACHE_CREATION: Path = ("cache_creation_input_tokens",)
WRITTEN_5M: Path = ("cache_creation", "ephemeral_5m_input_tokens")
WRITTEN_1H: Path = ("cache_creation", "ephemeral_1h_input_tokens")
WRITTEN_DETAIL: Path = ("prompt_tokens_details", "cache_write_tokens")
REASONING: Path = ("completion_tokens_details", "reasoning_tokens")

# The further places of a count, after the one that it is named by here.
OTHER_PLACES: dict[Path, tuple[Path, ...]] = {
    INPUT_CACHED: (
        ("cached_tokens",),
        ("cached_input_tokens",),
        ("input_cached_tokens",),
        ("tokens_cached",),
    ),
    CACHE_CREATION: (("cache_write_input_tokens",), ("cache_write_tokens",)),
    WRITTEN_DETAIL: (("input_tokens_details", "cache_write_tokens"),),
    REASONING: (
        ("output_tokens_details", "reasoning_tokens"),
        ("reasoning_tokens",),
        ("thoughts_tokens",),
    ),
}

# The counts that a metric is made of; it is null when some are unreadable and none is readable.
METRIC_COUNTS: dict[str, tuple[Path, ...]] = {
    "input_tokens": (GROSS, PROMPT, INPUT),
    "output_tokens": (COMPLETION, OUTPUT),
    "total_tokens": (TOTAL, GROSS, PROMPT, INPUT, COMPLETION, OUTPUT),
    "cache_read_input_tokens": (CACHE_READ, PROMPT_CACHED, INPUT_CACHED),
    "cache_creation_input_tokens": (CACHE_CREATION, WRITTEN_5M, WRITTEN_1H, WRITTEN_DETAIL),
}
COUNT_PATHS = (*dict.fromkeys(path for paths in METRIC_COUNTS.values() for path in paths), REASONING)

# Whether reasoning is beside the output, for what is left of an entry whose total told it.
REASONING_BESIDE: Path = ("reasoning is beside the output",)


def usage_entries(call: Call) -> tuple[dict[str, Mapping[str, Any]], int]:
    """Return a call's usage entries by model, and how many entries are no objects."""
    if call.usage is None:
        return {}, 0
    if not isinstance(call.usage, dict):
        return {}, 1
    usage: dict[str, Any] = call.usage
    entries: dict[str, Mapping[str, Any]] = {
        model: entry for model, entry in usage.items() if isinstance(entry, dict)
    }
    absent = sum(1 for entry in usage.values() if entry is None or entry == "")
    return entries, len(usage) - len(entries) - absent


def read_counts(entry: Mapping[str, Any]) -> Counts:
    """Read the counts of one usage entry."""
    counts: dict[Path, Fraction | None] = {}
    for path in COUNT_PATHS:
        places = (value_at(entry, place) for place in (path, *OTHER_PLACES.get(path, ())))
        value = next((value for value in places if value is not None and value != ""), None)
        if value is not None:
            count = number(value)
            counts[path] = count if count is not None and count >= 0 else None
    return counts


def value_at(entry: Any, place: Path) -> Any:
    """Return what is at a place of an entry, None where nothing is."""
    for key in place:
        entry = entry.get(key) if isinstance(entry, dict) else None
    return entry


def usage_metric(metric: str, counts: Counts) -> Fraction | None:
    """Return a usage metric of one usage entry; null when its only counts are unreadable."""
    present = [counts[path] for path in METRIC_COUNTS[metric] if path in counts]
    if present and all(count is None for count in present):
        return None
    return {
        "input_tokens": input_tokens,
        "output_tokens": output_tokens,
        "total_tokens": total_tokens,
        "cache_read_input_tokens": cache_read_input_tokens,
        "cache_creation_input_tokens": cache_creation_input_tokens,
    }[metric](counts)


def input_tokens(counts: Counts) -> Fraction:
    """`gross_input_tokens` if present, else the counts under the two names for input."""
    gross = counts.get(GROSS)
    return under_two_names(counts, PROMPT, INPUT) if gross is None else gross


def output_tokens(counts: Counts) -> Fraction:
    """Return the counts under the two names for output, and the reasoning that is beside them."""
    written = under_two_names(counts, COMPLETION, OUTPUT)
    return written + (counts.get(REASONING) or 0) if is_reasoning_beside(counts) else written


def is_reasoning_beside(counts: Counts) -> bool:
    """Say whether the recorded total tells that reasoning is not a part of the output."""
    if REASONING_BESIDE in counts:
        return bool(counts[REASONING_BESIDE])
    return total_is(counts) in ("with reasoning", "everything")


def total_is(counts: Counts) -> str | None:
    """Say what the recorded total is made of: the first sum that it equals, or that it is more."""
    total = counts.get(TOTAL)
    count = usage_metric("input_tokens", counts)
    names = [counts[path] for path in (COMPLETION, OUTPUT) if path in counts]
    if total is None or count is None or (names and all(name is None for name in names)):
        return None
    both = count + under_two_names(counts, COMPLETION, OUTPUT)
    reasoning = counts.get(REASONING, Fraction(0))
    read = usage_metric("cache_read_input_tokens", counts)
    written = usage_metric("cache_creation_input_tokens", counts)

    def together(*parts: Fraction | None) -> Fraction | None:
        known = [part for part in parts if part is not None]
        return sum(known, both) if len(known) == len(parts) else None

    everything = together(reasoning, read, written)
    sums = (
        ("plain", both),
        ("with reasoning", together(reasoning)),
        ("with cached", together(read)),
        ("with cached", together(read, written)),
        ("everything", everything),
    )
    for name, known_sum in sums:
        if total == known_sum:
            return name
    return "unexplained" if everything is not None and total > everything else None


def under_two_names(counts: Counts, one: Path, other: Path) -> Fraction:
    """Add the counts of two names; both present and equal is one count, taken once."""
    first, second = counts.get(one), counts.get(other)
    if first is not None and first == second:
        return first
    return (first or Fraction(0)) + (second or Fraction(0))


def total_tokens(counts: Counts) -> Fraction | None:
    """Return the recorded total, else input and output together; null where one is unreadable."""
    recorded = counts.get(TOTAL)
    if recorded is not None:
        return recorded
    parts = [usage_metric(name, counts) for name in ("input_tokens", "output_tokens")]
    return None if None in parts else input_tokens(counts) + output_tokens(counts)


def cache_read_input_tokens(counts: Counts) -> Fraction:
    """Return the first of the three places where cached tokens are written, else 0."""
    places = (counts.get(path) for path in METRIC_COUNTS["cache_read_input_tokens"])
    return next((count for count in places if count is not None), Fraction(0))


def cache_creation_input_tokens(counts: Counts) -> Fraction:
    """Return that key, else the sum of its parts, else the detail of the input, else 0."""
    parts = sum((counts.get(path) or Fraction(0) for path in (WRITTEN_5M, WRITTEN_1H)), Fraction(0))
    detail = counts.get(WRITTEN_DETAIL)
    return counts.get(CACHE_CREATION) or parts or detail or Fraction(0)


# -------------------------------------------------------------------- every token once (spec 10)

Usage = dict[str, Counts]  # by model


@dataclass(frozen=True)
class Reading:
    """What spec 9 makes of one entry: null where the counts for it cannot be read."""

    is_beside: bool | None
    cache_read: Fraction | None
    cache_written: Fraction | None
    gross: Fraction | None
    output: Fraction | None
    total: Fraction | None


def reading(counts: Counts) -> Reading:
    """Read an entry: is cached input beside the input or a part of it, and what is all input?"""
    read = usage_metric("cache_read_input_tokens", counts)
    written = usage_metric("cache_creation_input_tokens", counts)
    count = usage_metric("input_tokens", counts)
    output = usage_metric("output_tokens", counts)
    recorded = counts.get(TOTAL)
    cached = None if read is None or written is None else read + written
    is_beside: bool | None = None
    if cached:
        sums = [] if count is None or output is None or read is None else [read, cached]
        if recorded is not None and any(
            recorded == (count or 0) + (output or 0) + s for s in sums if s
        ):
            is_beside = recorded != (count or 0) + (output or 0)
        else:
            is_beside = is_read_as_beside(counts, count, cached)
    gross = None if count is None or cached is None else count + (cached if is_beside else 0)
    return Reading(is_beside, read, written, gross, output, recorded)


def is_read_as_beside(counts: Counts, count: Fraction | None, cached: Fraction) -> bool:
    """Apply the rules of spec 9 that follow the one on the recorded total, in their order."""
    if count is not None and count < cached:
        return True
    inside = (GROSS, PROMPT_CACHED, INPUT_CACHED, WRITTEN_DETAIL)
    if any(counts.get(path) is not None for path in inside):
        return False
    return counts.get(INPUT) is not None and counts.get(PROMPT) is None


def last_start_below(call: Call) -> int:
    """When a call below may start at the latest: the end; a day after a start without a sane end."""
    started = call.started_at or 0
    if call.ended_at is None or call.ended_at < started:
        return started + DAY * SECOND
    return call.ended_at


class CallTree:
    """All calls that have a start, linked by `parent_id`."""

    def __init__(self, calls: Sequence[Call], start: int, end: int) -> None:
        """Link the calls of the whole log; project, range and deletion do not matter."""
        self.in_range = [c for c in calls if counts_in_range(c, start, end)]
        later = [c for c in calls if c.started_at is not None and not counts_in_range(c, start, end)]
        self.calls = self.in_range + later
        self.recorded: list[Usage] = [
            {model: read_counts(entry) for model, entry in usage_entries(call)[0].items()}
            for call in self.calls
        ]
        self.with_id: dict[str | None, list[int]] = {}
        for position, call in enumerate(self.calls):
            self.with_id.setdefault(call.id, []).append(position)
        self.children: dict[int, list[int]] = {}
        parents = [self.parent(child) for child in range(len(self.calls))]
        for child, parent in enumerate(parents):
            if parent is not None and not is_own_ancestor(child, parents):
                self.children.setdefault(parent, []).append(child)

    def parent(self, child: int) -> int | None:
        """Return the call with the id that a call names as its parent.

        Of several with that id, the latest one that had started when the child did.
        """
        call = self.calls[child]
        if call.parent_id is None:
            return None
        named = self.with_id.get(call.parent_id, [])
        started = {n: self.calls[n].started_at or 0 for n in named}
        before = [n for n in named if started[n] <= (call.started_at or 0)]
        if before:
            return max(before, key=lambda n: started[n])
        return min(named, key=lambda n: started[n], default=None)

    def nearest_below(self, call: int, model: str, fields: Mapping[str, Any]) -> list[int]:
        """Return the nearest calls below that carry usage of the model and match the filter.

        Every other call is looked through, as long as it starts in the time of the call above.
        """
        above = self.calls[call]
        earliest, latest = (above.started_at or 0) - HOUR * SECOND, last_start_below(above)
        found: list[int] = []
        waiting = list(self.children.get(call, []))
        while waiting:
            child = waiting.pop()
            if not earliest <= (self.calls[child].started_at or 0) <= latest:
                continue
            if model in self.recorded[child] and matches_filter(self.calls[child], fields):
                found.append(child)
            else:
                waiting += self.children.get(child, [])
        return found

    def own(self, call: int, model: str, fields: Mapping[str, Any]) -> Counts | None:
        """Return an entry less what it repeats of those nearest below it; None if nothing is left."""
        recorded = self.recorded[call][model]
        nearest = self.nearest_below(call, model, fields)
        if not nearest or not matches_filter(self.calls[call], fields):
            return recorded
        below = [self.recorded[n][model] for n in nearest]
        return less_repeats(recorded, below)

    def own_usage(self, fields: Mapping[str, Any]) -> dict[int, Usage]:
        """Return what each call in range used itself, by position in `in_range`."""
        return {
            call: {
                model: counts
                for model in self.recorded[call]
                if (counts := self.own(call, model, fields)) is not None
            }
            for call in range(len(self.in_range))
        }


def is_own_ancestor(call: int, parents: Sequence[int | None]) -> bool:
    """Say whether the way up from a call comes back to it."""
    seen: set[int] = set()
    above = parents[call]
    while above is not None and above not in seen:
        if above == call:
            return True
        seen.add(above)
        above = parents[above]
    return False


def less_repeats(recorded: Counts, below: Sequence[Counts]) -> Counts | None:
    """Take off what is repeated, as written or else as read; None when nothing is left."""
    zero = Fraction(0)
    sums = {path: sum((c.get(path) or zero for c in below), zero) for path in COUNT_PATHS}
    if all(
        recorded.get(path, zero) is None or (recorded.get(path) or 0) >= sums[path] for path in sums
    ):
        left: Counts = {
            path: None if count is None else max(count - sums[path], zero)
            for path, count in recorded.items()
        }
        beside = Fraction(is_reasoning_beside(recorded))
        return {**left, REASONING_BESIDE: beside} if any(left.values()) else None
    read = reading(recorded)
    others = [reading(counts) for counts in below]
    gross = sum((other.gross or zero for other in others), zero)
    output = sum((other.output or zero for other in others), zero)
    if (read.gross is not None and read.gross < gross) or (
        read.output is not None and read.output < output
    ):
        return recorded
    cache_read = minus(read.cache_read, [other.cache_read for other in others])
    cache_written = minus(read.cache_written, [other.cache_written for other in others])
    rest = minus(read.gross, [other.gross for other in others])
    if rest is not None and read.is_beside:
        rest = max(rest - (cache_read or zero) - (cache_written or zero), zero)
    kept = {
        INPUT: usage_metric("input_tokens", recorded) if rest is None else rest,
        OUTPUT: minus(read.output, [other.output for other in others]),
        CACHE_READ: cache_read,
        CACHE_CREATION: cache_written,
    }
    if TOTAL in recorded:
        kept[TOTAL] = minus(read.total, [other.total for other in others])
    return kept if any(kept.values()) else None


def minus(count: Fraction | None, below: Sequence[Fraction | None]) -> Fraction | None:
    """Subtract what can be read from what can be read, not below 0."""
    if count is None:
        return None
    return max(count - sum((other or Fraction(0) for other in below), Fraction(0)), Fraction(0))


# -------------------------------------------------------------------------------- buckets (spec 7)

AUTO_WIDTHS = ((2 * HOUR, 300), (12 * HOUR, HOUR), (3 * DAY, 6 * HOUR), (14 * DAY, 12 * HOUR))
MAX_BUCKETS = 10_000


def resolved_granularity(asked: int | str | None, span: int) -> tuple[int | str, bool]:
    """Return the width used for a range of `span` microseconds, and whether the cap raised it."""
    if isinstance(asked, str) and asked != "auto":
        return asked, False
    is_auto = asked is None or asked == "auto"
    width = auto_width(span) if is_auto else int(asked or 0)
    if span <= MAX_BUCKETS * width * SECOND:
        return width, False
    width = span // (MAX_BUCKETS * SECOND) + 1
    return (-(-width // DAY) * DAY if is_auto else width), True


def auto_width(span: int) -> int:
    """Choose a width by the length of the range."""
    return next((width for limit, width in AUTO_WIDTHS if span <= limit * SECOND), DAY)


def bucket_starts(start: int, end: int, granularity: int | str, zone: str) -> list[int]:
    """List every bucket start below `end`, from that of the bucket which holds `start`.

    A range of no length has no buckets.
    """
    if start >= end:
        return []
    if granularity == "total":
        return [start]
    if isinstance(granularity, str):
        starts = calendar_bucket_starts(start, end, granularity, zone)
    elif zone != "UTC" and granularity % HOUR == 0 and granularity > HOUR:
        starts = wall_clock_bucket_starts(start, end, granularity, zone)
    else:
        starts = fixed_bucket_starts(start, end, granularity, zone)
    return starts[bisect_right(starts, start) - 1 :]


def fixed_bucket_starts(start: int, end: int, width: int, zone: str) -> list[int]:
    """Bucket starts of one length: aligned to the epoch, shifted by the offset at `start`."""
    offset = offset_at(start, zone)
    step = width * SECOND
    return list(range((start + offset) // step * step - offset, end, step))


def wall_clock_bucket_starts(start: int, end: int, width: int, zone: str) -> list[int]:
    """Bucket starts at the first instants of labels, a label being floor(wall clock / width)."""
    step = width * SECOND
    return first_instants(
        start, end, 2 * width, zone, lambda wall: wall // step, lambda label: label * step
    )


def calendar_bucket_starts(start: int, end: int, unit: str, zone: str) -> list[int]:
    """Bucket starts at the first instants of weeks (Monday), months, quarters or years."""
    return first_instants(
        start,
        end,
        2 * 366 * DAY,
        zone,
        lambda wall: calendar_label(wall, unit),
        lambda label: calendar_label_start(label, unit),
    )


MONTHS = {"1mo": 1, "1q": 3, "1y": 12}
FIRST_MONDAY = date(1970, 1, 5)


def calendar_label(wall: int, unit: str) -> int:
    """Number the calendar unit that a wall-clock time lies in."""
    day = (EPOCH + timedelta(microseconds=wall)).date()
    if unit == "1w":
        return (day - FIRST_MONDAY).days // 7
    return (day.year * 12 + day.month - 1) // MONTHS[unit]


def calendar_label_start(label: int, unit: str) -> int:
    """Return the wall-clock midnight at which a calendar unit begins."""
    if unit == "1w":
        day = FIRST_MONDAY + timedelta(weeks=label)
    else:
        year, month = divmod(label * MONTHS[unit], 12)
        day = date(year, month + 1, 1)
    return (day - EPOCH.date()).days * DAY * SECOND


def first_instants(
    start: int,
    end: int,
    slack: int,
    zone: str,
    label_of: Callable[[int], int],
    label_start: Callable[[int], int],
) -> list[int]:
    """List the first instants of the labels that the wall clock shows, in their order.

    The clock is followed from well before `start` (`slack` seconds, and two days because a clock
    that was set back shows labels again), so that every label's first time is its first time.
    A label that the clock skips has no instant, and one it shows again no second one.
    """
    firsts: dict[int, int] = {}
    since = max(start - (slack + 2 * DAY) * SECOND, FIRST_INSTANT + 2 * DAY * SECOND)
    for begins, ends, offset in constant_offsets(since, end, zone):
        for label in range(label_of(begins + offset), label_of(ends - 1 + offset) + 1):
            firsts.setdefault(label, max(begins, label_start(label) - offset))
    return sorted(firsts.values())


def constant_offsets(since: int, until: int, zone: str) -> Iterator[tuple[int, int, int]]:
    """Split a stretch of time where the zone's offset changes: begin, end, offset.

    Looking once a day finds every change: since 1900 no zone changed twice within six days.
    """
    begins, offset = since, offset_at(since, zone)
    looked = since
    while looked < until:
        ahead = min(looked + DAY * SECOND, until)
        if offset_at(ahead, zone) != offset:
            changes = first_change(looked, ahead, zone)
            yield begins, changes, offset
            begins, offset = changes, offset_at(changes, zone)
        looked = ahead
    if begins < until:
        yield begins, until, offset


def first_change(before: int, after: int, zone: str) -> int:
    """Return the first instant with the offset of `after`, which `before` does not have."""
    offset = offset_at(before, zone)
    while after - before > 1:
        middle = (before + after) // 2
        if offset_at(middle, zone) == offset:
            before = middle
        else:
            after = middle
    return after


@cache
def zone_rules(zone: str) -> zoneinfo.ZoneInfo:
    """Read a zone from the tzdata package, past any instance cached from elsewhere."""
    return zoneinfo.ZoneInfo.no_cache(zone)


def offset_at(instant_us: int, zone: str) -> int:
    """Return the zone's offset from UTC at an instant, in microseconds."""
    if zone == "UTC":
        return 0
    utc = EPOCH + timedelta(microseconds=instant_us)
    offset = utc.astimezone(zone_rules(zone)).utcoffset() or timedelta()
    return offset // timedelta(microseconds=1)


def rfc3339(instant_us: int, zone: str) -> str:
    """Write an instant with the zone's offset, `Z` in UTC."""
    # RFC 3339 has no seconds in an offset, which local mean times had.
    minutes = offset_at(instant_us, zone) // (60 * SECOND)
    wall = EPOCH + timedelta(microseconds=instant_us, minutes=minutes)
    text = wall.replace(tzinfo=None).isoformat()
    if zone == "UTC":
        return text + "Z"
    return f"{text}{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02}:{abs(minutes) % 60:02}"


# -------------------------------------------------------------------------------- metrics (spec 8)

Value = Fraction | None


@dataclass(frozen=True)
class Column:
    """One asked column of an answer: its key, its metric and how the values are aggregated."""

    key: str
    metric: str
    aggregation: str
    quantile: Fraction = Fraction(0)


def asked_columns(specs: Sequence[Mapping[str, Any]] | None) -> list[Column]:
    """List the columns of a metrics list in request order: aggregations, then percentiles.

    Both lists empty means `sum`; a metric named twice merges its lists at its first place.
    """
    metrics: dict[str, tuple[dict[str, None], dict[str, Fraction]]] = {}
    for spec in specs or []:
        aggregations, percentiles = metrics.setdefault(spec["metric"], ({}, {}))
        asked = {percentile_name(p): Fraction(str(p)) for p in spec.get("percentiles") or []}
        default = ["sum"] if spec.get("aggregations") is None or not asked else []
        aggregations.update(dict.fromkeys(spec.get("aggregations") or default))
        percentiles.update(asked)
    return [
        column
        for metric, (aggregations, percentiles) in metrics.items()
        for column in (
            *(Column(f"{name}_{metric}", metric, name) for name in aggregations),
            *(Column(f"{p}_{metric}", metric, "percentile", q / 100) for p, q in percentiles.items()),
        )
    ]


def percentile_name(percentile: float) -> str:
    """Name a percentile by its shortest decimal, without an exponent: `p50`, `p99.9`."""
    text = f"{Decimal(str(percentile)):f}"
    return "p" + (text.rstrip("0").rstrip(".") if "." in text else text)


def aggregate(column: Column, values: Sequence[Value]) -> int | float | None:
    """Aggregate one metric over a row; null values count for nothing.

    Without a value sums and counts are 0, all else is null: no data is not zero.
    """
    present = sorted(value for value in values if value is not None)
    match column.aggregation:
        case "count":
            return len(present)
        case "count_true":
            return present.count(Fraction(1))
        case "count_false":
            return present.count(Fraction(0))
        case "sum":
            return as_number(sum(present, Fraction(0)), column.metric, present)
    if not present:
        return None
    match column.aggregation:
        case "min":
            return as_number(present[0], column.metric, present)
        case "max":
            return as_number(present[-1], column.metric, present)
        case "avg":
            return float(sum(present, Fraction(0)) / len(present))
        case "percentile":
            return float(percentile(present, column.quantile))
    raise ValueError(column.aggregation)


def as_number(value: Fraction, metric: str, values: Sequence[Fraction]) -> int | float:
    """Write a sum, min or max: an integer when every value is one, but latencies are floats."""
    integers = metric != "latency_ms" and all(v.denominator == 1 for v in values)
    return int(value) if integers else float(value)


def percentile(ordered: Sequence[Fraction], quantile: Fraction) -> Fraction:
    """Interpolate linearly between the closest ranks of values in ascending order."""
    rank = quantile * (len(ordered) - 1)
    below, above = ordered[math.floor(rank)], ordered[math.ceil(rank)]
    return below + (above - below) * (rank - math.floor(rank))


def latency_us(call: Call) -> int | None:
    """Return how long a call took, null without an end; below zero where it ends before it starts."""
    if call.started_at is None or call.ended_at is None:
        return None
    return call.ended_at - call.started_at


def call_metric(metric: str, call: Call) -> Value:
    """Return a call metric of one call."""
    match metric:
        case "latency_ms":
            latency = latency_us(call)
            return None if latency is None or latency < 0 else Fraction(latency, 1000)
        case "call_count":
            return Fraction(1)
        case "error_count":
            return Fraction(call.exception is not None)
    raise ValueError(metric)


@dataclass(frozen=True)
class Row:
    """What one call (or one call and model) brings to the answer."""

    started_at: int
    values: Mapping[str, Value]


def bucket_rows(
    starts: Sequence[int], rows: Sequence[Row], columns: Sequence[Column]
) -> list[dict[str, Any]]:
    """Aggregate rows by bucket; every bucket is listed, empty or not."""
    held: list[list[Row]] = [[] for _ in starts]
    for row in rows:
        held[bisect_right(starts, row.started_at) - 1].append(row)
    return [
        {c.key: aggregate(c, [row.values[c.metric] for row in bucket]) for c in columns}
        | {"count": len(bucket)}
        for bucket in held
    ]


def usage_buckets(
    starts: Sequence[int], rows: Mapping[str, Sequence[Row]], columns: Sequence[Column], zone: str
) -> list[dict[str, Any]]:
    """One row per bucket and model, by bucket start, then model."""
    by_model = {model: bucket_rows(starts, rows[model], columns) for model in sorted(rows)}
    return [
        {"timestamp": rfc3339(start, zone), "model": model} | by_model[model][place]
        for place, start in enumerate(starts)
        for model in by_model
    ]


def call_buckets(
    starts: Sequence[int], rows: Sequence[Row], columns: Sequence[Column], zone: str
) -> list[dict[str, Any]]:
    """One row per bucket."""
    return [
        {"timestamp": rfc3339(start, zone)} | row
        for start, row in zip(starts, bucket_rows(starts, rows, columns), strict=True)
    ]


# --------------------------------------------------------------------------------- the answer


def resolved_range(request: Mapping[str, Any], calls: Sequence[Call], now: int) -> tuple[int, int]:
    """Return start and end: as asked, else from the first to just after the last project call."""
    start, end = (request_instant(request.get(name)) for name in ("start", "end"))
    if start is not None:
        return start, now if end is None else end
    project_id = request.get("project_id")
    started = [c.started_at for c in calls if c.started_at is not None and belongs_to(c, project_id)]
    if not started:
        return (now, now) if end is None else (end, end)
    end = max(started) + 1 if end is None else end
    return min(min(started), end), end


def request_instant(text: str | None) -> int | None:
    """Read a time of the request body; naive = UTC."""
    if text is None:
        return None
    read = iso_instant(text.strip())
    if read is None:
        raise ValueError(f"not a date-time: {text}")
    return read


def answer(
    lines: Sequence[str | bytes],
    request: Mapping[str, Any],
    *,
    usage_scope: str = "auto",
    dedupe: str = "auto",
    now: datetime,
) -> Answer:
    """Answer a valid request over the raw lines of one Weave log, in reading order.

    `granularity` may also be a word (`auto total 1w 1mo 1q 1y`), `start` may be None (from the
    first call of the project), `project_id` may be None (every project). `now` needs a zone.
    """
    read, malformed = read_lines(lines)
    calls, line_counts, unreadable_times = calls_of(read, dedupe)
    start, end = resolved_range(request, calls, (now - EPOCH) // timedelta(microseconds=1))
    zone = request.get("timezone") or "UTC"
    granularity, adjusted = resolved_granularity(request.get("granularity"), end - start)
    starts = bucket_starts(start, end, granularity, zone)

    fields = active_filter(request)
    tree = CallTree(calls, start, end)
    counting = [
        position
        for position, call in enumerate(tree.in_range)
        if belongs_to(call, request.get("project_id"))
        and call.deleted_at is None
        and matches_filter(call, fields)
    ]
    usage = usage_of(tree, usage_scope, fields)

    usage_columns = asked_columns(request.get("usage_metrics"))
    call_columns = asked_columns(request.get("call_metrics"))
    usage_rows: dict[str, list[Row]] = {}
    call_rows: list[Row] = []
    for position in counting:
        call = tree.in_range[position]
        started_at = call.started_at or 0
        values = {c.metric: call_metric(c.metric, call) for c in call_columns}
        call_rows.append(Row(started_at, values))
        for model, counts in usage[position].items():
            values = {c.metric: usage_metric(c.metric, counts) for c in usage_columns}
            usage_rows.setdefault(model, []).append(Row(started_at, values))

    response = {
        "start": rfc3339(start, "UTC"),
        "end": rfc3339(end, "UTC"),
        "granularity": granularity,
        "timezone": zone,
        "usage_buckets": usage_buckets(starts, usage_rows, usage_columns, zone)
        if usage_columns
        else [],
        "call_buckets": call_buckets(starts, call_rows, call_columns, zone) if call_columns else [],
    }
    quality = {
        "malformed": malformed,
        "undated": sum(call.started_at is None for call in calls),
        "unreadable_times": unreadable_times,
        **usage_quality([tree.in_range[n] for n in counting], usage_columns),
        "unexplained_totals": unexplained_totals(tree, usage_columns),
        **merge_quality(calls, line_counts, start, end, dedupe),
        **time_quality([tree.in_range[n] for n in counting]),
    }
    return Answer(response, quality, adjusted)


def usage_of(tree: CallTree, scope: str, fields: Mapping[str, Any]) -> Mapping[int, Usage]:
    """Return the usage of every call in range, by position."""
    if scope == "recorded":
        return dict(enumerate(tree.recorded))
    return tree.own_usage(fields if scope == "auto" else {})


# ------------------------------------------------------------------------------ quality (spec 12)


def usage_quality(calls: Sequence[Call], columns: Sequence[Column]) -> dict[str, int]:
    """Count what could not be read in the recorded usage of the calls that count."""
    paths = {path for column in columns for path in METRIC_COUNTS[column.metric]}
    entries = [usage_entries(call) for call in calls]
    counts = [read_counts(entry) for models, _ in entries for entry in models.values()]
    return {
        "unreadable_counts": sum(p in c and c[p] is None for c in counts for p in paths),
        "unusable_usage_entries": sum(unusable for _, unusable in entries),
    }


def unexplained_totals(tree: CallTree, columns: Sequence[Column]) -> int:
    """Count the totals in range, as recorded, that are more than all counts together."""
    if not any(column.metric in ("output_tokens", "total_tokens") for column in columns):
        return 0
    return sum(
        total_is(counts) == "unexplained"
        for call, usage in zip(tree.in_range, tree.recorded, strict=False)
        for counts in usage.values()
        if call.deleted_at is None
    )


def merge_quality(
    calls: Sequence[Call], line_counts: Sequence[int], start: int, end: int, dedupe: str
) -> dict[str, int]:
    """Count the lines merged away, and the ids of several calls, over the calls in range.

    With `dedupe="never"` no id is looked at.
    """
    in_range = [n for n, call in enumerate(calls) if counts_in_range(call, start, end)]
    ids = [calls[n].id for n in in_range if calls[n].id is not None and dedupe != "never"]
    return {
        "merged": sum(line_counts[n] - 1 for n in in_range),
        "reused_ids": sum(1 for one in set(ids) if ids.count(one) > 1),
    }


def time_quality(calls: Sequence[Call]) -> dict[str, int]:
    """Count the calls still running, and those that end before they start."""
    latencies = [latency_us(call) for call in calls]
    return {
        "running": latencies.count(None),
        "negative_latency": sum(1 for latency in latencies if latency is not None and latency < 0),
    }
