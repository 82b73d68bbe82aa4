"""Times as written to instants and back (spec 2, 3, 11)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from callstats_cli.errors import RequestError
from callstats_cli.request.spans import Span, parse_span, subtract_span
from callstats_cli.request.times import Instant, format_instant, parse_body_instant, parse_instant

SECOND = 1_000_000
NOW = 1_773_311_400 * SECOND + 123_456  # 2026-03-12T10:30:00.123456Z, a Thursday
FIRST = -2_208_988_800 * SECOND  # 1900-01-01T00:00:00Z
LAST = 7_289_654_400 * SECOND - 1  # 2200-12-31T23:59:59.999999Z

ZONES = (
    "UTC",
    "America/New_York",
    "America/Havana",
    "Europe/Amsterdam",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Africa/Monrovia",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
)


def read(text: str, zone: str = "UTC", now_us: int = NOW) -> str:
    return format_instant(parse_instant(text, zone=zone, now_us=now_us).us, "UTC")


@pytest.mark.parametrize(
    ("us", "zone", "text"),
    [
        (0, "UTC", "1970-01-01T00:00:00Z"),
        (-1, "UTC", "1969-12-31T23:59:59.999999Z"),
        (NOW, "UTC", "2026-03-12T10:30:00.123456Z"),
        (NOW - 456, "Zulu", "2026-03-12T10:30:00.123000Z"),
        (NOW, "GMT", "2026-03-12T10:30:00.123456+00:00"),
        (NOW, "Europe/London", "2026-03-12T10:30:00.123456+00:00"),
        (NOW, "America/New_York", "2026-03-12T06:30:00.123456-04:00"),
        (NOW, "Asia/Kathmandu", "2026-03-12T16:15:00.123456+05:45"),
        (1_793_514_000 * SECOND, "America/New_York", "2026-11-01T01:20:00-05:00"),
        (1_793_510_400 * SECOND, "America/New_York", "2026-11-01T01:20:00-04:00"),
        (FIRST, "UTC", "1900-01-01T00:00:00Z"),
        (LAST, "Asia/Tokyo", "2201-01-01T08:59:59.999999+09:00"),
        # -0:44:30 until 1972: shown as -00:44, with the clock moved by those 30 s.
        (0, "Africa/Monrovia", "1969-12-31T23:16:00-00:44"),
        # +0:53:28 until 1893, -4:56:02 until 1883.
        (-2_500_000_000 * SECOND, "Europe/Berlin", "1890-10-11T20:26:20+00:53"),
        (-2_500_000_000 * SECOND, "America/New_York", "1890-10-11T14:33:20-05:00"),
        (-3_000_000_000 * SECOND, "America/New_York", "1874-12-07T13:44:00-04:56"),
    ],
)
def test_format(us: int, zone: str, text: str) -> None:
    assert format_instant(us, zone) == text


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-12", "2026-03-12T00:00:00Z"),
        ("20260312", "2026-03-12T00:00:00Z"),
        (" 2026-03-12T09:30 ", "2026-03-12T09:30:00Z"),
        ("2026-03-12T09", "2026-03-12T09:00:00Z"),
        ("2026-03-12 09:30:15", "2026-03-12T09:30:15Z"),
        ("2026-03-12t09:30:15z", "2026-03-12T09:30:15Z"),
        ("2026-03-12_09:30:15", "2026-03-12T09:30:15Z"),
        ("2026-03-12T09:30:15.5Z", "2026-03-12T09:30:15.500000Z"),
        ("2026-03-12T09:30:15,123456999Z", "2026-03-12T09:30:15.123456Z"),
        ("20260312T093015Z", "2026-03-12T09:30:15Z"),
        ("20260312T093015.25+0530", "2026-03-12T04:00:15.250000Z"),
        ("2026-03-12T09:30+05:30", "2026-03-12T04:00:00Z"),
        ("2026-03-12T09:30:00 +0000", "2026-03-12T09:30:00Z"),
        ("2026-03-12T09:30-08", "2026-03-12T17:30:00Z"),
        ("2026-03-12T09-08", "2026-03-12T17:00:00Z"),
        ("2026-03-12T09:30-00:00", "2026-03-12T09:30:00Z"),
        ("1906-01-01T00:00:00+00:17:30", "1905-12-31T23:42:30Z"),
        ("2026-03-12T24:00", "2026-03-13T00:00:00Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"),
        ("1899-12-31T20:00-05:00", "1900-01-01T01:00:00Z"),
        ("2024-02-29", "2024-02-29T00:00:00Z"),
        ("1773311400", "2026-03-12T10:30:00Z"),
        ("1773311400.5", "2026-03-12T10:30:00.500000Z"),
        ("1773311400.1234569", "2026-03-12T10:30:00.123456Z"),
        ("20260312.0", "1970-08-23T11:51:52Z"),
        ("0", "1970-01-01T00:00:00Z"),
        ("100000000", "1973-03-03T09:46:40Z"),
        ("now", "2026-03-12T10:30:00.123456Z"),
        ("today", "2026-03-12T00:00:00Z"),
        ("yesterday", "2026-03-11T00:00:00Z"),
        ("this-week", "2026-03-09T00:00:00Z"),
        ("last-week", "2026-03-02T00:00:00Z"),
        ("this-month", "2026-03-01T00:00:00Z"),
        ("last-month", "2026-02-01T00:00:00Z"),
        # Today is a Thursday.
        ("thursday", "2026-03-12T00:00:00Z"),
        ("friday", "2026-03-06T00:00:00Z"),
        ("monday", "2026-03-09T00:00:00Z"),
        ("sunday", "2026-03-08T00:00:00Z"),
        ("24h", "2026-03-11T10:30:00.123456Z"),
        ("24 hours ago", "2026-03-11T10:30:00.123456Z"),
        ("90 secs ago", "2026-03-12T10:28:30.123456Z"),
        ("-1 minute", "2026-03-12T10:29:00.123456Z"),
        ("1 hour ago", "2026-03-12T09:30:00.123456Z"),
        ("7days", "2026-03-05T10:30:00.123456Z"),
        ("2 weeks ago", "2026-02-26T10:30:00.123456Z"),
        ("1month", "2026-02-12T10:30:00.123456Z"),
        ("1 quarter ago", "2025-12-12T10:30:00.123456Z"),
        ("1y ago", "2025-03-12T10:30:00.123456Z"),
        ("-90s", "2026-03-12T10:28:30.123456Z"),
        ("-30m", "2026-03-12T10:00:00.123456Z"),
        ("-24h", "2026-03-11T10:30:00.123456Z"),
        ("-7d", "2026-03-05T10:30:00.123456Z"),
        ("-2w", "2026-02-26T10:30:00.123456Z"),
        ("-1mo", "2026-02-12T10:30:00.123456Z"),
        ("-1q", "2025-12-12T10:30:00.123456Z"),
        ("-1y", "2025-03-12T10:30:00.123456Z"),
        ("-3mo", "2025-12-12T10:30:00.123456Z"),
    ],
)
def test_instants_in_utc(text: str, instant: str) -> None:
    assert read(text) == instant


@pytest.mark.parametrize(
    ("text", "zone", "instant"),
    [
        ("2026-03-12", "America/New_York", "2026-03-12T04:00:00Z"),
        ("2026-03-12T09:30Z", "America/New_York", "2026-03-12T09:30:00Z"),
        ("1773311400", "America/New_York", "2026-03-12T10:30:00Z"),
        # New York: 02:00-03:00 is skipped, 01:00-02:00 comes twice.
        ("2026-03-08T01:59:59.9", "America/New_York", "2026-03-08T06:59:59.900000Z"),
        ("2026-03-08T02:00", "America/New_York", "2026-03-08T07:00:00Z"),
        ("2026-03-08T02:30:00.5", "America/New_York", "2026-03-08T07:00:00Z"),
        ("2026-03-08T03:00", "America/New_York", "2026-03-08T07:00:00Z"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:30:00Z"),
        ("2026-11-01T02:00", "America/New_York", "2026-11-01T07:00:00Z"),
        ("2026-03-29T02:30", "Europe/Berlin", "2026-03-29T01:00:00Z"),
        ("2026-10-25T02:30", "Europe/Berlin", "2026-10-25T00:30:00Z"),
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z"),
        ("2025-02-23T02:30", "Africa/Casablanca", "2025-02-23T01:30:00Z"),
        ("2025-04-06T02:30", "Africa/Casablanca", "2025-04-06T02:00:00Z"),
        # A day that begins at 01:00, and one that never was.
        ("2026-03-08", "America/Havana", "2026-03-08T05:00:00Z"),
        ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2011-12-30T12:00", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("2011-12-31", "Pacific/Apia", "2011-12-30T10:00:00Z"),
        ("1930-01-01", "Africa/Monrovia", "1930-01-01T00:44:30Z"),
        # 2026-03-12 has begun in Kiritimati, and New York is past its change.
        ("today", "Pacific/Kiritimati", "2026-03-12T10:00:00Z"),
        ("this-week", "America/New_York", "2026-03-09T04:00:00Z"),
        ("last-week", "America/New_York", "2026-03-02T05:00:00Z"),
        ("this-month", "America/New_York", "2026-03-01T05:00:00Z"),
        ("last-month", "Asia/Kathmandu", "2026-01-31T18:15:00Z"),
        # Calendar steps keep 06:30 on the clock of New York; hours do not.
        ("-4d", "America/New_York", "2026-03-08T10:30:00.123456Z"),
        ("-5d", "America/New_York", "2026-03-07T11:30:00.123456Z"),
        ("-120h", "America/New_York", "2026-03-07T10:30:00.123456Z"),
        ("-1w", "America/New_York", "2026-03-05T11:30:00.123456Z"),
        ("-1mo", "America/New_York", "2026-02-12T11:30:00.123456Z"),
        ("-1y", "America/New_York", "2025-03-12T10:30:00.123456Z"),
    ],
)
def test_instants_in_zones(text: str, zone: str, instant: str) -> None:
    assert read(text, zone) == instant


@pytest.mark.parametrize(
    ("text", "date_only"),
    [
        ("2026-03-12", True),
        ("20260312", True),
        ("2026-03-12T00:00", False),
        ("today", False),
        ("last-month", False),
        ("-1d", False),
        ("0", False),
    ],
)
def test_date_only(text: str, date_only: bool) -> None:
    assert parse_instant(text, zone="UTC", now_us=NOW).date_only is date_only


def test_the_first_and_the_last_instant() -> None:
    assert parse_instant("1900-01-01", zone="UTC", now_us=NOW) == Instant(FIRST, date_only=True)
    assert parse_instant("2200-12-31T23:59:59.999999", zone="UTC", now_us=NOW) == Instant(LAST)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01",
        "0002-01-01T00:00",
        "0001-01-01T00:00+23:59",
        "1899-12-30",
        "2201-01-02",
        "9999-12-31",
        "9999-12-31T23:59:59Z",
        "9999-12-31T24:00",
        "7289654400",
        "9999999999999999999",
        "-500y",
        "-99999y",
        "-4000q",
        "-999999999999999999d",
        "-999999999999999999s",
        "-999999999999999999mo",
    ],
)
def test_instants_outside_the_years(text: str, zone: str) -> None:
    with pytest.raises(RequestError, match="outside the years 1900 to 2200"):
        parse_instant(text, zone=zone, now_us=NOW)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("1773311400123", "milliseconds, write 1773311400.123"),
        ("1773311400123456", "microseconds, write 1773311400.123456"),
        ("1773311400123456789", "nanoseconds, write 1773311400.123456789"),
        ("20260312103000", "20260301T093000"),
        ("202603121030", "20260301T093000"),
    ],
)
def test_too_many_digits(text: str, hint: str) -> None:
    with pytest.raises(RequestError, match="outside the years") as caught:
        parse_instant(text, zone="UTC", now_us=NOW)
    assert hint in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("", "unreadable time ''", "an ISO date or date-time"),
        ("2026-03", "unreadable time '2026-03'", "an ISO date or date-time"),
        ("12/03/2026", "unreadable time", "an ISO date or date-time"),
        ("2026-3-1", "unreadable time", "an ISO date or date-time"),
        ("2026-0312", "unreadable time", "an ISO date or date-time"),
        ("2026-03-12T09:3015", "unreadable time", "an ISO date or date-time"),
        ("2026-03-12T09:30.5", "unreadable time", "an ISO date or date-time"),
        ("2026-03-12T", "unreadable time", "an ISO date or date-time"),
        ("2026-03-12Z", "unreadable time", "an ISO date or date-time"),
        ("2026-03-12T09:30[Europe/Berlin]", "unreadable time", "an ISO date or date-time"),
        ("٢٠٢٦-03-12", "unreadable time", "an ISO date or date-time"),
        ("1e9", "unreadable time", "an ISO date or date-time"),
        ("9" * 5000, "unreadable time '" + "9" * 57 + "...'", "an ISO date or date-time"),
        ("2026-03-12\nnow", r"unreadable time '2026-03-12\nnow'", ""),
        ("yesteday", "unreadable time 'yesteday'", "did you mean 'yesterday'"),
        ("Today", "unreadable time 'Today'", "did you mean 'today'"),
        ("24x", "unreadable time '24x'", "24h or 7d ago"),
        ("-24", "unreadable span '24'", "24h, 7d or 1mo"),
        ("-5M", "unreadable span '5M'", "24h, 7d or 1mo"),
        ("-1.5h", "unreadable span '1.5h'", "24h, 7d or 1mo"),
        ("-0d", "a span must be at least 1, got 0d", ""),
        ("2026-02-29", "'2026-02-29' names a day that no calendar has", "year-month-day"),
        ("20261345", "'20261345' names a day that no calendar has", "20261345.0"),
        ("0000-01-01", "'0000-01-01' names a day that no calendar has", ""),
        ("2026-03-12T25:00", "'2026-03-12T25:00' names a time that no clock shows", ""),
        ("2026-03-12T24:00:01", "names a time that no clock shows", ""),
        ("2026-03-12T09:60", "names a time that no clock shows", ""),
        ("2026-03-12T09:30:61", "names a time that no clock shows", ""),
        ("2026-03-12T09:30+24:00", "names a time that no clock shows", ""),
        ("2026-03-12T09:30+05:60", "names a time that no clock shows", ""),
    ],
)
def test_unreadable_times(text: str, message: str, hint: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_instant(text, zone="Europe/Berlin", now_us=NOW)
    assert message in caught.value.message
    assert hint in (caught.value.hint or "")
    assert "\n" not in caught.value.message


def test_unknown_zone() -> None:
    with pytest.raises(RequestError, match="unknown timezone 'Mars'"):
        parse_instant("2026-03-12", zone="Mars", now_us=NOW)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2026-03-12T09:30:00Z", "2026-03-12T09:30:00Z"),
        ("2026-03-12T09:30:00", "2026-03-12T09:30:00Z"),
        ("2026-03-12", "2026-03-12T00:00:00Z"),
        ("2026-03-12T00:00:00-05:00", "2026-03-12T05:00:00Z"),
        ("2026-03-12T09:30:00.1234567+05:30", "2026-03-12T04:00:00.123456Z"),
        ("20260312T093000Z", "2026-03-12T09:30:00Z"),
    ],
)
def test_body_instants(text: str, instant: str) -> None:
    assert format_instant(parse_body_instant(text), "UTC") == instant


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("1773311400", "unreadable date-time '1773311400'"),
        ("1773311400.5", "unreadable date-time '1773311400.5'"),
        ("20260312", "unreadable date-time '20260312'"),
        ("-24h", "unreadable date-time '-24h'"),
        ("yesterday", "unreadable date-time 'yesterday'"),
        ("now", "unreadable date-time 'now'"),
        ("", "unreadable date-time ''"),
        ("2026-13-01", "'2026-13-01' names a day that no calendar has"),
        ("2026-03-12T26:00Z", "names a time that no clock shows"),
        ("1899-12-31T23:59:59Z", "outside the years 1900 to 2200"),
        ("2200-12-31T23:59:59-00:01", "outside the years 1900 to 2200"),
        ("0001-01-01T00:00:00+05:00", "outside the years 1900 to 2200"),
        ("0001-01-01", "outside the years 1900 to 2200"),
    ],
)
def test_unreadable_body_instants(text: str, message: str) -> None:
    with pytest.raises(RequestError) as caught:
        parse_body_instant(text)
    assert message in caught.value.message


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("7d", Span(7, "d")),
        ("24h", Span(24, "h")),
        (" 1mo ", Span(1, "mo")),
        ("90m", Span(90, "m")),
        ("2q", Span(2, "q")),
        ("7days", Span(7, "d")),
        ("1 day", Span(1, "d")),
        ("24 hours ago", Span(24, "h")),
        ("90secs", Span(90, "s")),
        ("5 min", Span(5, "m")),
        ("3 months", Span(3, "mo")),
        ("2weeks", Span(2, "w")),
    ],
)
def test_spans(text: str, span: Span) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize(
    "text", ["", "7", "d", "-7d", "+7d", "7 d", "7D", "1.5h", "1d12h", "0d", "days", "7 dayss", "7ms", "ago", "0 days"]
)  # fmt: skip
def test_unreadable_spans(text: str) -> None:
    with pytest.raises(RequestError, match="span"):
        parse_span(text)


@pytest.mark.parametrize(
    ("end", "span", "zone", "start"),
    [
        # A month that lacks the day gives its last one.
        ("2026-03-31T12:00:00Z", "1mo", "UTC", "2026-02-28T12:00:00Z"),
        ("2024-03-31T12:00:00Z", "1mo", "UTC", "2024-02-29T12:00:00Z"),
        ("2024-02-29T12:00:00Z", "1y", "UTC", "2023-02-28T12:00:00Z"),
        ("2026-05-31T12:00:00Z", "1q", "UTC", "2026-02-28T12:00:00Z"),
        ("2026-01-31T12:00:00Z", "2mo", "UTC", "2025-11-30T12:00:00Z"),
        ("2026-01-01T00:00:00Z", "13mo", "UTC", "2024-12-01T00:00:00Z"),
        # A day before 02:30 on the morning after the change is a time that was skipped.
        ("2026-03-09T06:30:00Z", "1d", "America/New_York", "2026-03-08T07:00:00Z"),
        ("2026-11-02T06:30:00Z", "1d", "America/New_York", "2026-11-01T05:30:00Z"),
        ("2026-03-09T04:00:00Z", "1d", "America/New_York", "2026-03-08T05:00:00Z"),
        ("2026-03-09T04:00:00Z", "24h", "America/New_York", "2026-03-08T04:00:00Z"),
        ("2011-12-30T11:00:00Z", "1d", "Pacific/Apia", "2011-12-30T10:00:00Z"),
    ],
)
def test_subtract_span(end: str, span: str, zone: str, start: str) -> None:
    earlier = subtract_span(parse_body_instant(end), parse_span(span), zone)
    assert format_instant(earlier, "UTC") == start


instants = st.integers(FIRST, LAST)


@given(instants, st.sampled_from(ZONES))
def test_what_is_shown_can_be_read_back(us: int, zone: str) -> None:
    text = format_instant(us, zone)
    assert parse_body_instant(text) == us
    assert parse_instant(text, zone="Asia/Tokyo", now_us=NOW) == Instant(us)


@given(instants)
def test_epoch_seconds_are_exact(us: int) -> None:
    seconds, fraction = divmod(abs(us), SECOND)
    text = f"{seconds}.{fraction:06}"
    assert parse_instant(text, zone="UTC", now_us=NOW).us == abs(us)


@given(instants, st.integers(1, 500), st.sampled_from("smhdwqy"), st.sampled_from(ZONES))
def test_a_span_reaches_back(us: int, count: int, unit: str, zone: str) -> None:
    try:
        earlier = subtract_span(us, Span(count, unit), zone)
    except RequestError as error:
        problem = error.message
    else:
        assert earlier < us
        return
    assert "outside the years" in problem


@given(st.text(max_size=40), st.sampled_from(ZONES))
def test_any_text_is_a_time_or_one_line_of_error(text: str, zone: str) -> None:
    try:
        parse_instant(text, zone=zone, now_us=NOW)
    except RequestError as error:
        problem = error.message
    else:
        return
    assert len(problem.splitlines()) == 1


def test_weekdays_are_days_of_the_zone() -> None:
    now_us = parse_instant("2026-03-09T02:00:00Z", zone="UTC", now_us=0).us  # a Monday, in UTC
    for zone, start in (("UTC", "2026-03-09T00:00:00Z"), ("America/New_York", "2026-03-02T05:00:00Z")):
        found = parse_instant("monday", zone=zone, now_us=now_us)
        assert (format_instant(found.us, "UTC"), found.date_only) == (start, False)
