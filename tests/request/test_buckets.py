"""The buckets of spec 7, against dates worked out by hand and a naive reading of its text."""

from __future__ import annotations

import zoneinfo
from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from importlib import resources
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from callstats_cli.errors import RequestError
from callstats_cli.request.buckets import MAX_BUCKETS, BucketPlan, plan_buckets
from callstats_cli.request.granularity import Granularity, parse_granularity
from callstats_cli.request.zones import first_instant, load_zone

if TYPE_CHECKING:
    from pathlib import Path

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

ZONES = (
    "UTC",
    "America/New_York",
    "America/St_Johns",
    "America/Havana",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Asia/Gaza",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Pacific/Kwajalein",
    "Antarctica/Troll",
)
GRANULARITIES: tuple[Granularity, ...] = (
    1, 60, 300, 3157, 3600, 5400, 7200, 10800, 21600, 43200, 86400, 604800, 90000,
    "auto", "total", "1w", "1mo", "1q", "1y",
)  # fmt: skip


def us(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // timedelta(microseconds=1)


def plan(start: str, end: str, granularity: Granularity, timezone: str = "UTC") -> BucketPlan:
    return plan_buckets(us(start), us(end), granularity, timezone)


def starts(start: str, end: str, granularity: Granularity, timezone: str = "UTC") -> list[str]:
    buckets = plan(start, end, granularity, timezone)
    moments = [EPOCH + timedelta(microseconds=start) for start in buckets.starts()]
    assert len(moments) == buckets.count
    assert not buckets.count or buckets.starts()[0] == buckets.first_us
    return [moment.strftime("%Y-%m-%dT%H:%M:%SZ").replace(":00Z", "Z") for moment in moments]


WALL_CLOCK_CASES: dict[str, tuple[str, str, Granularity, str, list[str]]] = {
    "New York, days around the spring change": (
        "2026-03-07T05:00Z", "2026-03-10T04:00Z", 86400, "America/New_York",
        ["2026-03-07T05:00Z", "2026-03-08T05:00Z", "2026-03-09T04:00Z"],
    ),
    "New York, days around the autumn change": (
        "2026-10-31T04:00Z", "2026-11-03T05:00Z", 86400, "America/New_York",
        ["2026-10-31T04:00Z", "2026-11-01T04:00Z", "2026-11-02T05:00Z"],
    ),
    "New York, six hours: 00 06 12 18 across the spring change": (
        "2026-03-08T05:00Z", "2026-03-09T04:00Z", 21600, "America/New_York",
        ["2026-03-08T05:00Z", "2026-03-08T10:00Z", "2026-03-08T16:00Z", "2026-03-08T22:00Z"],
    ),
    "New York, two hours: three hours long with the repeated one": (
        "2026-11-01T04:00Z", "2026-11-01T11:00Z", 7200, "America/New_York",
        ["2026-11-01T04:00Z", "2026-11-01T07:00Z", "2026-11-01T09:00Z"],
    ),
    "New York, one hour: the repeated hour is two buckets": (
        "2026-11-01T04:00Z", "2026-11-01T08:00Z", 3600, "America/New_York",
        ["2026-11-01T04:00Z", "2026-11-01T05:00Z", "2026-11-01T06:00Z", "2026-11-01T07:00Z"],
    ),
    "Berlin, two hours: one hour long where 02:00 is skipped": (
        "2026-03-28T23:00Z", "2026-03-29T04:00Z", 7200, "Europe/Berlin",
        ["2026-03-28T23:00Z", "2026-03-29T01:00Z", "2026-03-29T02:00Z"],
    ),
    "Berlin, two hours in autumn": (
        "2026-10-24T22:00Z", "2026-10-25T05:00Z", 7200, "Europe/Berlin",
        ["2026-10-24T22:00Z", "2026-10-25T00:00Z", "2026-10-25T03:00Z"],
    ),
    "Berlin, 604800 keeps the epoch's Thursdays": (
        "2026-03-27T00:00Z", "2026-04-03T00:00Z", 604800, "Europe/Berlin",
        ["2026-03-25T23:00Z", "2026-04-01T22:00Z"],
    ),
    "Berlin, 1w runs from Monday to Monday": (
        "2026-03-27T00:00Z", "2026-04-03T00:00Z", "1w", "Europe/Berlin",
        ["2026-03-22T23:00Z", "2026-03-29T22:00Z"],
    ),
    "Berlin, months": (
        "2026-03-27T00:00Z", "2026-05-01T00:00Z", "1mo", "Europe/Berlin",
        ["2026-02-28T23:00Z", "2026-03-31T22:00Z", "2026-04-30T22:00Z"],
    ),
    "Berlin, quarters": (
        "2026-03-31T23:00Z", "2026-12-31T23:00Z", "1q", "Europe/Berlin",
        ["2026-03-31T22:00Z", "2026-06-30T22:00Z", "2026-09-30T22:00Z"],
    ),
    "Berlin, years": (
        "2025-06-01T00:00Z", "2027-06-01T00:00Z", "1y", "Europe/Berlin",
        ["2024-12-31T23:00Z", "2025-12-31T23:00Z", "2026-12-31T23:00Z"],
    ),
    "London in winter still follows its clock": (
        "2026-01-01T00:00Z", "2026-01-03T00:00Z", 86400, "Europe/London",
        ["2026-01-01T00:00Z", "2026-01-02T00:00Z"],
    ),
    "Kolkata, days": (
        "2026-01-01T00:00Z", "2026-01-02T00:00Z", 86400, "Asia/Kolkata",
        ["2025-12-31T18:30Z", "2026-01-01T18:30Z"],
    ),
    "Kathmandu, two hours": (
        "2026-01-01T00:00Z", "2026-01-01T05:00Z", 7200, "Asia/Kathmandu",
        ["2025-12-31T22:15Z", "2026-01-01T00:15Z", "2026-01-01T02:15Z", "2026-01-01T04:15Z"],
    ),
    "Lord Howe, two hours: 02:00 becomes 01:30, at the edge of a label": (
        "2026-04-04T13:00Z", "2026-04-04T18:00Z", 7200, "Australia/Lord_Howe",
        ["2026-04-04T13:00Z", "2026-04-04T15:30Z", "2026-04-04T17:30Z"],
    ),
    "Lord Howe, two hours: 02:00 becomes 02:30": (
        "2026-10-03T13:30Z", "2026-10-03T18:00Z", 7200, "Australia/Lord_Howe",
        ["2026-10-03T13:30Z", "2026-10-03T15:30Z", "2026-10-03T17:00Z"],
    ),
    "Casablanca, Ramadan begins": (
        "2025-02-22T23:00Z", "2025-02-23T06:00Z", 7200, "Africa/Casablanca",
        ["2025-02-22T23:00Z", "2025-02-23T01:00Z", "2025-02-23T04:00Z"],
    ),
    "Casablanca, Ramadan ends": (
        "2025-04-06T00:00Z", "2025-04-06T05:00Z", 7200, "Africa/Casablanca",
        ["2025-04-06T00:00Z", "2025-04-06T02:00Z", "2025-04-06T03:00Z"],
    ),
    "Apia, there was no 30 December 2011": (
        "2011-12-28T10:00Z", "2012-01-01T10:00Z", 86400, "Pacific/Apia",
        ["2011-12-28T10:00Z", "2011-12-29T10:00Z", "2011-12-30T10:00Z", "2011-12-31T10:00Z"],
    ),
    "Kwajalein had 30 September 1969 for 47 hours": (
        "1969-09-28T13:00Z", "1969-10-02T12:00Z", 86400, "Pacific/Kwajalein",
        ["1969-09-28T13:00Z", "1969-09-29T13:00Z", "1969-10-01T12:00Z"],
    ),
    "Kwajalein, labels that come back belong to the latest bucket": (
        "1969-09-30T01:00Z", "1969-10-01T18:00Z", 21600, "Pacific/Kwajalein",
        ["1969-09-30T01:00Z", "1969-09-30T07:00Z", "1969-10-01T12:00Z"],
    ),
    "Havana, a day that begins at one": (
        "2026-03-07T05:00Z", "2026-03-09T04:00Z", 86400, "America/Havana",
        ["2026-03-07T05:00Z", "2026-03-08T05:00Z"],
    ),
    "Sao Paulo, midnight is put back to 23:00": (
        "2018-02-17T02:00Z", "2018-02-19T03:00Z", 86400, "America/Sao_Paulo",
        ["2018-02-17T02:00Z", "2018-02-18T03:00Z"],
    ),
    "St. John's, 00:01 is put back to 23:01 of the day before": (
        "2010-11-06T02:30Z", "2010-11-08T03:30Z", 86400, "America/St_Johns",
        ["2010-11-06T02:30Z", "2010-11-07T02:30Z"],
    ),
    "St. John's, a range that begins in the repeated hour": (
        "2010-11-07T03:00Z", "2010-11-07T04:00Z", 86400, "America/St_Johns",
        ["2010-11-07T02:30Z"],
    ),
    "Monrovia of 1930, days on an offset with seconds": (
        "1930-01-01T00:00Z", "1930-01-02T00:00Z", 86400, "Africa/Monrovia",
        ["1929-12-31T00:44:30Z", "1930-01-01T00:44:30Z"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", WALL_CLOCK_CASES)
def test_buckets_in_zones(case: str) -> None:
    start, end, granularity, timezone, expected = WALL_CLOCK_CASES[case]
    assert starts(start, end, granularity, timezone) == expected


def test_edges_rule_where_the_clock_does() -> None:
    buckets = plan("2026-03-08T06:00Z", "2026-03-09T05:00Z", 86400, "America/New_York")
    assert buckets == BucketPlan(
        start_us=us("2026-03-08T06:00Z"),
        end_us=us("2026-03-09T05:00Z"),
        granularity=86400,
        timezone="America/New_York",
        width_us=None,
        origin_us=0,
        edges_us=(us("2026-03-08T05:00Z"), us("2026-03-09T04:00Z")),
        requested=None,
    )


@pytest.mark.parametrize("timezone", ["UTC", "Etc/UTC", "Zulu", "Etc/Universal", "UCT"])
@pytest.mark.parametrize("granularity", [1, 7, 300, 3157, 7200, 86400, 604800])
def test_utc_is_aligned_to_the_epoch(granularity: int, timezone: str) -> None:
    start = us("2026-03-08T06:07:08.000009Z")
    buckets = plan_buckets(start, start + 3 * granularity * SECOND, granularity, timezone)
    assert (buckets.width_us, buckets.origin_us) == (granularity * SECOND, 0)
    assert buckets.edges_us == ()
    assert buckets.first_us == start // (granularity * SECOND) * (granularity * SECOND)
    assert buckets.count == 4


def test_before_1970_as_after_it() -> None:
    assert starts("1969-12-31T23:59:59Z", "1970-01-01T00:52:38Z", 3157) == [
        "1969-12-31T23:07:23Z",
        "1970-01-01T00:00Z",
        "1970-01-01T00:52:37Z",
    ]
    assert starts("1905-03-01T05:00Z", "1905-03-02T00:00:01Z", 43200) == [
        "1905-03-01T00:00Z",
        "1905-03-01T12:00Z",
        "1905-03-02T00:00Z",
    ]


def test_calendar_units_in_utc() -> None:
    assert starts("2026-03-29T12:00Z", "2026-04-06T00:00:01Z", "1w") == [
        "2026-03-23T00:00Z",
        "2026-03-30T00:00Z",
        "2026-04-06T00:00Z",
    ]
    assert starts("1969-12-31T00:00Z", "1970-01-06T00:00Z", "1w") == [
        "1969-12-29T00:00Z",
        "1970-01-05T00:00Z",
    ]
    assert starts("1967-12-31T00:00Z", "1968-03-01T00:00Z", "1mo") == [
        "1967-12-01T00:00Z",
        "1968-01-01T00:00Z",
        "1968-02-01T00:00Z",
    ]
    assert starts("2025-12-31T00:00Z", "2026-01-01T00:00Z", "1q") == ["2025-10-01T00:00Z"]
    assert starts("2025-12-31T00:00Z", "2026-01-01T00:00Z", "1y") == ["2025-01-01T00:00Z"]


@pytest.mark.parametrize(
    ("granularity", "timezone", "origin", "first"),
    [
        (3600, "Asia/Kolkata", 1800, "2026-01-01T00:30Z"),
        (900, "Asia/Kathmandu", 0, "2026-01-01T01:00Z"),
        (1800, "Asia/Kathmandu", 900, "2026-01-01T00:45Z"),
        (5400, "Asia/Kolkata", 1800, "2026-01-01T00:30Z"),
        # Offset -18000 s: 18000 mod 3157 = 2215; (1767229200 - 18000) // 3157 * 3157 + 18000.
        (3157, "America/New_York", 2215, "2026-01-01T00:34:35Z"),
    ],
)
def test_other_widths_are_fixed_on_the_offset_at_the_start(
    granularity: int, timezone: str, origin: int, first: str
) -> None:
    buckets = plan("2026-01-01T01:00Z", "2026-03-12T01:00Z", granularity, timezone)
    assert (buckets.width_us, buckets.origin_us) == (granularity * SECOND, origin * SECOND)
    assert starts("2026-01-01T01:00Z", "2026-01-01T01:00:01Z", granularity, timezone)[0] == first


def test_fixed_width_on_an_offset_with_seconds() -> None:
    assert starts("1930-01-01T00:44:29Z", "1930-01-01T01:44:30Z", 3600, "Africa/Monrovia") == [
        "1929-12-31T23:44:30Z",
        "1930-01-01T00:44:30Z",
    ]


def test_total_is_one_bucket_that_begins_with_the_range() -> None:
    buckets = plan("2026-01-01T01:02:03Z", "2026-05-01T00:00Z", "total", "Europe/Berlin")
    assert buckets.granularity == "total"
    assert list(buckets.starts()) == [us("2026-01-01T01:02:03Z")]
    widest = plan("1900-01-01T00:00Z", "2200-12-31T00:00Z", "total")
    assert widest.count == 1


@pytest.mark.parametrize("timezone", ["UTC", "America/New_York"])
@pytest.mark.parametrize("granularity", GRANULARITIES)
def test_no_range_no_bucket(granularity: Granularity, timezone: str) -> None:
    moment = us("2026-03-08T06:07:08Z")
    buckets = plan_buckets(moment, moment, granularity, timezone)
    assert (buckets.count, list(buckets.starts()), buckets.first_us) == (0, [], moment)


@pytest.mark.parametrize(
    ("length", "seconds"),
    [
        (0, 300),
        (2 * HOUR, 300),
        (2 * HOUR + 1, 3600),
        (12 * HOUR, 3600),
        (12 * HOUR + 1, 21600),
        (3 * DAY, 21600),
        (3 * DAY + 1, 43200),
        (14 * DAY, 43200),
        (14 * DAY + 1, 86400),
        (10_000 * DAY, 86400),
    ],
)
def test_auto(length: int, seconds: int) -> None:
    buckets = plan_buckets(us("1990-01-01T00:00Z"), us("1990-01-01T00:00Z") + length, "auto", "UTC")
    assert (buckets.granularity, buckets.requested) == (seconds, None)


@pytest.mark.parametrize(
    ("length", "granularity", "used", "requested"),
    [
        (600_000 * SECOND, 60, 60, None),
        (600_000 * SECOND + 1, 60, 61, 60),
        (365 * DAY, 60, 3154, 60),
        (31_570_000 * SECOND - 1, 3156, 3157, 3156),
        (10_000 * DAY + 1, 86400, 86401, 86400),
        (10_000 * DAY + 1, "auto", 2 * 86400, 86400),
        (20_000 * DAY - SECOND, "auto", 2 * 86400, 86400),
        (20_000 * DAY, "auto", 3 * 86400, 86400),
    ],
)
def test_cap(length: int, granularity: Granularity, used: int, requested: int | None) -> None:
    start = us("1970-01-01T00:00Z")
    buckets = plan_buckets(start, start + length, granularity, "UTC")
    assert (buckets.granularity, buckets.requested) == (used, requested)
    assert buckets.width_us == used * SECOND
    assert buckets.count <= MAX_BUCKETS


@pytest.mark.parametrize("timezone", ["UTC", "Europe/Berlin"])
def test_too_many_weeks_are_refused_with_a_unit_that_fits(timezone: str) -> None:
    with pytest.raises(RequestError) as caught:
        plan("1900-01-01T00:00Z", "2200-12-31T00:00Z", "1w", timezone)
    assert caught.value.message == "granularity 1w makes 15,706 buckets, more than 10,000"
    assert caught.value.hint == "1mo fits"
    assert plan("1900-01-01T12:00Z", "2200-12-31T00:00Z", "1mo", timezone).count == 301 * 12


@pytest.mark.parametrize(
    ("start", "end"),
    [("1899-12-31T23:59:59Z", "2026-01-01T00:00Z"), ("2026-01-01T00:00Z", "2201-01-01T00:00Z")],
)
def test_ranges_outside_the_years_are_refused(start: str, end: str) -> None:
    with pytest.raises(RequestError, match="outside the years 1900 to 2200"):
        plan(start, end, "1y")


@pytest.mark.parametrize("granularity", [0, -5, 10**10, 10**30])
def test_impossible_widths_are_refused(granularity: int) -> None:
    with pytest.raises(RequestError, match="granularity"):
        plan("2026-01-01T00:00Z", "2026-01-02T00:00Z", granularity)


@pytest.mark.parametrize(
    ("text", "granularity"),
    [
        ("3600", 3600),
        ("1", 1),
        ("90s", 90),
        ("5m", 300),
        ("36h", 129600),
        (" 1d ", 86400),
        ("7d", 604800),
        ("1w", "1w"),
        ("1mo", "1mo"),
        ("1q", "1q"),
        ("1y", "1y"),
        ("auto", "auto"),
        ("total", "total"),
        ("minute", 60),
        ("hour", 3600),
        ("hourly", 3600),
        ("day", 86400),
        ("daily", 86400),
        ("week", "1w"),
        ("weekly", "1w"),
        ("month", "1mo"),
        ("monthly", "1mo"),
        ("quarter", "1q"),
        ("year", "1y"),
    ],
)
def test_granularity_texts(text: str, granularity: Granularity) -> None:
    assert parse_granularity(text) == granularity


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("-5", "must be at least 1 second, got -5", "for example 3600, 5m or 1d"),
        ("0h", "must be at least 1 second, got 0h", "for example 3600, 5m or 1d"),
        ("-2w", "must be at least 1 second, got -2w", "for example 3600, 5m or 1d"),
        ("2w", "only 1w is a calendar week", "14d has the length of 2w"),
        ("3mo", "calendar units come one at a time", "did you mean '1q'?"),
        ("12mo", "calendar units come one at a time", "did you mean '1y'?"),
        ("5y", "calendar units come one at a time", "1mo, 1q, 1y, or days"),
        ("5min", "unknown unit 'min'", "did you mean '5m'?"),
        ("2months", "unknown unit 'months'", "did you mean '2mo'?"),
        ("6H", "unknown unit 'H'", "did you mean '6h'?"),
        ("5M", "unknown unit 'M'", "s m h d are seconds, minutes, hours, days"),
        ("AUTO", "unknown granularity 'AUTO'", "did you mean 'auto'"),
        ("1.5h", "unknown granularity '1.5h'", "whole number"),
        ("", "unknown granularity ''", "whole seconds"),
        ("1h\n2h", r"unknown granularity '1h\n2h'", "whole seconds"),
        ("٣", "unknown granularity '٣'", "whole seconds"),
        ("9" * 5000, "unknown granularity '" + "9" * 57 + "...'", "whole seconds"),
        ("999999999999d", "wider than the years 1900 to 2200", "'total' makes one bucket"),
    ],
)
def test_granularity_errors(text: str, message: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_granularity(text)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "\n" not in caught.value.message


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("Europe/Berln", "'Europe/Berlin'"),
        ("europe/berlin", "'Europe/Berlin'"),
        ("New_York", "'America/New_York'"),
        ("utc", "'UTC'"),
        ("UTC+2", "'Etc/GMT-2' is two hours ahead of UTC"),
        ("+02:00", "'Etc/GMT-2' is two hours ahead of UTC"),
        ("", "an IANA name such as 'Europe/Berlin'"),
        ("localtime", ""),
        ("posixrules", ""),
        ("zones", ""),
        ("Europe", ""),
        ("Europe/", ""),
        ("/etc/localtime", ""),
        ("../zones", ""),
        ("../../../etc/passwd", ""),
        ("America/../UTC", ""),
        ("Europe\\Berlin", ""),
        ("UTC\0", ""),
        ("UTC\n", ""),
        ("\ud800", ""),
        ("A" * 100_000, ""),
    ],
)
def test_unknown_zones(name: str, hint: str) -> None:
    with pytest.raises(RequestError, match="unknown timezone") as caught:
        load_zone(name)
    assert hint in (caught.value.hint or "")
    assert len(caught.value.message) < 100
    assert "\n" not in caught.value.message
    with pytest.raises(RequestError, match="unknown timezone"):
        plan("2026-01-01T00:00Z", "2026-01-02T00:00Z", "total", name)


def test_zone_rules_are_those_of_the_package(tmp_path: Path) -> None:
    tokyo = resources.files("tzdata").joinpath("zoneinfo", "Asia", "Tokyo").read_bytes()
    system = tmp_path / "America" / "Chicago"
    system.parent.mkdir()
    system.write_bytes(tokyo)
    noon = datetime(2026, 7, 1, 12)
    zoneinfo.reset_tzpath(to=[tmp_path])
    load_zone.cache_clear()
    try:
        assert zoneinfo.ZoneInfo.no_cache("America/Chicago").utcoffset(noon) == timedelta(hours=9)
        assert load_zone("America/Chicago").utcoffset(noon) == timedelta(hours=-5)
    finally:
        zoneinfo.reset_tzpath()


def test_first_instant_of_a_wall_clock_time() -> None:
    berlin = load_zone("Europe/Berlin")
    cases = {
        "2026-03-29T01:59:59.999999+00:00": "2026-03-29T00:59:59.999999Z",
        "2026-03-29T02:00+00:00": "2026-03-29T01:00Z",
        "2026-03-29T02:30+00:00": "2026-03-29T01:00Z",
        "2026-03-29T03:00+00:00": "2026-03-29T01:00Z",
        "2026-10-25T02:30+00:00": "2026-10-25T00:30Z",
        "2026-10-25T03:00+00:00": "2026-10-25T02:00Z",
        "1893-03-31T23:00+00:00": "1893-03-31T22:06:32Z",
    }
    assert {wall: first_instant(us(wall), berlin) for wall in cases} == {
        wall: us(instant) for wall, instant in cases.items()
    }


zones = st.sampled_from(ZONES)
moments = st.integers(us("1900-01-01T00:00Z"), us("2200-01-01T00:00Z"))
recent = st.integers(us("1973-01-01T00:00Z") // MINUTE, us("2100-01-01T00:00Z") // MINUTE)


@settings(deadline=None)
@given(moments, st.integers(1, 400 * DAY), st.sampled_from(GRANULARITIES), zones)
def test_buckets_tile_the_range(
    start: int, length: int, granularity: Granularity, timezone: str
) -> None:
    end = min(start + length, us("2200-12-31T00:00Z"))
    buckets = plan_buckets(start, end, granularity, timezone)
    instants = list(buckets.starts())
    assert len(instants) == buckets.count >= 1
    assert all(earlier < later for earlier, later in pairwise(instants))
    assert instants[0] == buckets.first_us <= start
    assert instants[-1] < end
    assert buckets.count == 1 or start < instants[1]
    if buckets.width_us is not None:
        assert 0 <= buckets.origin_us < buckets.width_us
        assert all((instant - buckets.origin_us) % buckets.width_us == 0 for instant in instants)
        assert instants[-1] + buckets.width_us >= end
        assert buckets.edges_us == ()


@settings(deadline=None)
@given(moments, st.integers(1, 1000 * HOUR), st.integers(1, 50_000))
def test_half_a_utc_width_refines(start: int, length: int, half: int) -> None:
    end = min(start + length, start + 5000 * half * SECOND)
    whole = plan_buckets(start, end, 2 * half, "UTC").starts()
    halves = plan_buckets(start, end, half, "UTC").starts()
    assert set(whole) - set(halves) <= {whole[0]}


TRANSITION_MINUTES = [
    us(text) // MINUTE
    for text in (
        "2026-03-08T07:00Z",
        "2026-11-01T06:00Z",
        "2026-04-04T15:00Z",
        "2026-10-03T15:30Z",
        "2011-12-30T10:00Z",
        "1993-08-21T12:00Z",
        "2010-11-07T02:31Z",
        "2018-02-18T02:00Z",
        "2025-02-23T02:00Z",
        "2026-03-29T01:00Z",
    )
]
near_changes = st.builds(
    lambda change, minutes: change + minutes,
    st.sampled_from(TRANSITION_MINUTES),
    st.integers(-2880, 2880),
)


@settings(max_examples=150, deadline=None)
@given(recent | near_changes, st.integers(1, 4000), st.integers(2, 50), zones)
def test_wall_clock_buckets_are_what_the_rule_says(
    start_minute: int, length: int, hours: int, timezone: str
) -> None:
    """Labels of every minute, far enough back that no label's first instant is missed."""
    zone = load_zone(timezone)
    end_minute = start_minute + length
    firsts: dict[int, int] = {}
    for minute in range(start_minute - hours * 60 - 2 * 1440, end_minute):
        wall = (EPOCH + timedelta(minutes=minute)).astimezone(zone).replace(tzinfo=UTC)
        firsts.setdefault((wall - EPOCH) // timedelta(hours=hours), minute)
    naive = sorted(firsts.values())
    start, end = start_minute * MINUTE, end_minute * MINUTE
    instants = plan_buckets(start, end, hours * 3600, timezone).starts()
    for minute in range(start_minute, end_minute):
        index = bisect_right(instants, minute * MINUTE) - 1
        assert instants[index] == naive[bisect_right(naive, minute) - 1] * MINUTE
