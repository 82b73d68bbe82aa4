"""The verdicts of `callstats check`: aligned text, Markdown, JSON, JUnit's XML, lines for GitHub."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from callstats_cli.render.comparison import side_object
from callstats_cli.render.json import json_text
from callstats_cli.render.lists import aligned_list, markdown_list
from callstats_cli.render.markdown import escaped
from callstats_cli.render.numbers import value_texts
from callstats_cli.render.terminal import MARKDOWN, PLAIN
from callstats_cli.render.words import bucket_texts, model_name, range_text, span_text
from callstats_cli.request.times import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from callstats_cli.answer.checks import Finding, Verdict
    from callstats_cli.answer.comparison import Place, Side
    from callstats_cli.answer.rows import CallStats
    from callstats_cli.render.terminal import Terminal

_HEADER = ("result", "check", "where", "value", "calls")
_NUMBERS = frozenset({"value", "calls"})


class Report(NamedTuple):
    """The verdicts over an answer, the side it was compared with, and the meaning of missing data."""

    verdicts: Sequence[Verdict]
    stats: CallStats
    other: Side | None
    no_data: str

    def fails(self, verdict: Verdict) -> bool:
        """Whether the command fails for this verdict."""
        return verdict.status == "failed" or (verdict.is_undecided and self.no_data == "fail")

    @property
    def failed(self) -> int:
        """The number of checks that fail."""
        return sum(map(self.fails, self.verdicts))


def report_text(report: Report, terminal: Terminal) -> str:
    """The range, a line per breach or verdict, and how many failed."""
    table = aligned_list(_HEADER, _rows(report, terminal), _NUMBERS, terminal, ("calls", "where"))
    return f"Checked {_range(report, terminal.no_data)}\n{table}{_summary(report)}\n"


def report_markdown(report: Report) -> str:
    """A heading that says how many failed, the range, and a table."""
    table = markdown_list(_HEADER, _rows(report, MARKDOWN), _NUMBERS)
    return f"#### {_summary(report)}\n\n{escaped(_range(report, '·'))}\n\n{table}"


def _range(report: Report, separator: str) -> str:
    zone, side = report.stats.timezone, report.other
    other = [f"compared with {span_text(side.start_us, side.end_us, zone)}"] if side else []
    return f" {separator} ".join([range_text(report.stats), *other, zone])


def _summary(report: Report) -> str:
    total = len(report.verdicts)
    checks = "check" if total == 1 else "checks"
    return (
        f"{report.failed} of {total} {checks} failed" if report.failed else f"{total} {checks} passed"
    )


def _rows(report: Report, terminal: Terminal) -> list[list[str]]:
    rows = []
    for verdict in report.verdicts:
        nearest = (verdict.nearest,) if verdict.nearest else ()
        findings = verdict.breaches or verdict.bounds or nearest
        result = "FAILED" if report.fails(verdict) else verdict.status
        if not findings:
            rows.append([result, verdict.check.text, "no data", terminal.no_data, "0"])
        for finding in findings:
            value = value_text(verdict, finding, terminal)
            value = terminal.at_least + value if finding.unpriced else value
            calls = f"{finding.calls:{terminal.grouping}}"
            where = place_text(finding.place, report.stats)
            rows.append([result, verdict.check.text, where, value, calls])
    return rows


def value_text(verdict: Verdict, finding: Finding, terminal: Terminal) -> str:
    """A value in the unit of its limit: with a sign where it is a difference."""
    check, value = verdict.check, finding.value
    if check.is_percent:
        return f"{value:{'+' if check.is_delta else ''}.2f}%"
    (text,) = value_texts(check.column, [value], terminal)
    return f"+{text}" if check.is_delta and value > 0 else text


def place_text(place: Place, stats: CallStats) -> str:
    """The place of a value: the bucket on the clocks of the zone, the model, or the whole range."""
    parts = []
    if place.bucket is not None:
        texts = bucket_texts([place.bucket], stats.granularity, stats.timezone)
        parts.append(texts[place.bucket])
    if not place.of_all_models:
        parts.append(model_name(place.model))
    return " ".join(parts) or "whole range"


def report_json(report: Report) -> str:
    """One JSON object: the range, what it was compared with, and each check with its findings."""
    stats = report.stats
    content = {
        "passed": not report.failed,
        "start": format_instant(stats.start, "UTC"),
        "end": format_instant(stats.end, "UTC"),
        "timezone": stats.timezone,
        "compared_with": side_object(report.other) if report.other else None,
        "checks": [
            {
                "check": verdict.check.text,
                "metric": verdict.check.column.name,
                "status": verdict.status,
                "limit": verdict.check.limit,
                "in_percent": verdict.check.is_percent,
                "breaches": [_object(finding, stats) for finding in verdict.breaches],
                "nearest": _object(verdict.nearest, stats) if verdict.nearest else None,
                **_bounds(verdict, stats),
            }
            for verdict in report.verdicts
        ],
    }
    return json_text(content)


def _bounds(verdict: Verdict, stats: CallStats) -> dict[str, Any]:
    """Of a cost: how many calls have none, and what is only a lower bound because of them."""
    if not verdict.check.column.is_cost:
        return {}
    bounds = [_object(finding, stats) for finding in verdict.bounds]
    return {"unpriced_calls": verdict.unpriced, "lower_bounds": bounds}


def _object(finding: Finding, stats: CallStats) -> dict[str, Any]:
    place = finding.place
    bucket = {} if place.bucket is None else {"timestamp": format_instant(place.bucket, stats.timezone)}
    model = {} if place.of_all_models else {"model": place.model}
    unpriced = {"unpriced_calls": finding.unpriced} if finding.unpriced else {}
    return {**bucket, **model, "value": finding.value, "calls": finding.calls, **unpriced}


def report_junit(report: Report) -> bytes:
    """JUnit's XML: a test case per check, a failure with its breaches."""
    from xml.etree import ElementTree as ET

    skipped = sum(verdict.is_undecided and not report.fails(verdict) for verdict in report.verdicts)
    suite = ET.Element(
        "testsuite",
        name="callstats check",
        tests=str(len(report.verdicts)),
        failures=str(report.failed),
        errors="0",
        skipped=str(skipped),
    )
    for verdict in report.verdicts:
        case = ET.SubElement(
            suite, "testcase", classname="callstats", name=verdict.check.text, time="0"
        )
        messages = list(_messages(report, verdict))
        if report.fails(verdict):
            failure = ET.SubElement(case, "failure", message=messages[0])
            failure.text = "\n".join(messages)
        elif messages:
            ET.SubElement(case, "skipped", message=messages[0])
    ET.indent(suite)
    text: bytes = ET.tostring(suite, "utf-8", xml_declaration=True)
    return text + b"\n"


def github_annotations(report: Report) -> Iterator[tuple[str, str, str]]:
    """Level, title and text of what GitHub shows beside a run; breaches of a check in one."""
    for verdict in report.verdicts:
        messages = list(_messages(report, verdict))
        if messages and (report.fails(verdict) or report.no_data == "warn"):
            level = "error" if report.fails(verdict) else "warning"
            yield level, f"callstats: {verdict.check.text}", "\n".join(messages[:20])


def _messages(report: Report, verdict: Verdict) -> Iterator[str]:
    """A sentence per breach, or that there is no data; none where the check is passed."""
    if verdict.status == "no data":
        yield f"no data for {verdict.check.column.name}"
    for finding in verdict.breaches or verdict.bounds:
        value = value_text(verdict, finding, PLAIN)
        where = place_text(finding.place, report.stats)
        calls = "1 call" if finding.calls == 1 else f"{finding.calls} calls"
        if finding.unpriced:
            value = f"at least {value}"
            calls += f", {finding.unpriced} unpriced"
        yield f"{verdict.check.column.name} is {value} ({where}, {calls})"
