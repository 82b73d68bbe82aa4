"""`callstats check`: thresholds as an exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Annotated

import typer

from callstats_cli.cli.flags import Flags, taking_flags
from callstats_cli.cli.measuring import (
    FORMATS,
    BaselineFile,
    Measured,
    WithRange,
    measure,
    other_side,
    plan_other,
    write_report,
)
from callstats_cli.cli.question import build_request
from callstats_cli.cli.stages import begin, exit_code, files_of, one_of
from callstats_cli.errors import ExitCode, RequestError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.checks import Check
    from callstats_cli.answer.comparison import Measurement


@taking_flags()
def check(
    flags: Flags,
    *,
    fail_if: Annotated[
        list[str] | None,
        typer.Option(
            "--fail-if",
            metavar="CHECK",
            help="COLUMN > NUMBER, also >= < <=; delta(COLUMN) > 20% is the change. Repeatable.",
        ),
    ] = None,
    each_bucket: Annotated[
        bool, typer.Option("--each-bucket", help="Check every bucket of --granularity.")
    ] = False,
    each_model: Annotated[
        bool, typer.Option("--each-model", help="Check usage of every model.")
    ] = False,
    no_data: Annotated[
        str,
        typer.Option(
            "--no-data", metavar="WHAT", help="A check without (all) data: fail, pass or warn."
        ),
    ] = "fail",
    junit: Annotated[
        str | None, typer.Option("--junit", metavar="FILE", help="Write JUnit XML there, too.")
    ] = None,
    with_range: WithRange = None,
    baseline: BaselineFile = None,
) -> int:
    """Exits 99 where a threshold is crossed.

    callstats check logs/ --last 1d --fail-if 'error_rate > 1%' --fail-if 'p95_latency_ms > 2000'

    callstats check logs/ --last 7d --fail-if 'delta(avg_latency_ms) > 20%'

    callstats check logs/ --last 7d -g 1d --each-bucket --fail-if 'sum_total_tokens > 5000000'

    callstats check logs/ --last 1d --each-model --fail-if 'p95_output_tokens > 4000' --junit report.xml
    """
    from callstats_cli.answer.checks import judge, metrics_of, parse_check
    from callstats_cli.answer.comparison import changes
    from callstats_cli.cli.output import open_beside, open_output
    from callstats_cli.render.checks import (
        Report,
        github_annotations,
        report_json,
        report_junit,
        report_markdown,
        report_text,
    )
    from callstats_cli.sources.finding import named_as_typed

    checks = [parse_check(text) for text in fail_if or ()]
    one_of("--no-data", no_data, ("fail", "pass", "warn"))
    _check_flags(flags, checks, each_bucket=each_bucket, each_model=each_model)
    run = begin(flags, FORMATS)
    flags, diagnostics, _, now_us = run
    usage, calls = metrics_of([item.request for item in checks])
    request = build_request(flags, now_us, diagnostics)._replace(
        usage_metrics=usage, call_metrics=calls
    )
    if not each_bucket:
        request = request._replace(granularity="total")
    compared = None
    if any(item.is_delta for item in checks):
        compared = plan_other(with_range, baseline, request, now_us)
    with diagnostics.progress("Looking for files"):
        files = files_of(flags, diagnostics)
    report_file = open_beside("--junit", junit, flags.output, files)
    with named_as_typed(files), report_file as xml, open_output(flags.output, files) as stream:
        new = measure(run, files, request)
        measured = _measured(new, each_bucket=each_bucket, each_model=each_model)
        other, changed = None, []
        if compared is not None:
            other, old = other_side(run, files, request, new, compared)
            changed = [
                change
                for change in changes(old, new.values)
                if _is_judged(change.new, each_model=each_model)
            ]
        verdicts = [judge(item, measured, changed) for item in checks]
        report = Report(verdicts, new.answer.stats, other, no_data)
        write_report(run, stream, report, report_json, report_markdown, report_text)
        if xml is not None:
            xml.write(report_junit(report))
    for verdict in verdicts:
        if verdict.is_undecided and no_data == "warn":
            diagnostics.note(f"{verdict.status}: {verdict.check.text}")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        for level, title, text in github_annotations(report):
            diagnostics.annotation(level, title, text)
    return ExitCode.CROSSED if report.failed else exit_code(new.answer, flags)


def _check_flags(flags: Flags, checks: Sequence[Check], *, each_bucket: bool, each_model: bool) -> None:
    """Raises RequestError for flags that do not go with each other."""
    if not checks:
        raise RequestError("nothing to check", hint="give --fail-if, such as 'error_rate > 1%'")
    if flags.usage or flags.calls:
        raise RequestError("check takes its metrics from --fail-if: leave out --usage and --calls")
    if flags.granularity is not None and not each_bucket:
        raise RequestError("--granularity goes with --each-bucket")
    for item in checks:
        if each_bucket and item.is_delta:
            raise RequestError(f"--fail-if {item.text}: delta() is of ranges, not of buckets")
        if each_model and item.column.metric.family == "call":
            raise RequestError(
                f"--fail-if {item.text}: with --each-model only usage can be checked",
                hint=f"{item.column.name} is of calls, which may have several models",
            )


def _measured(new: Measured, *, each_bucket: bool, each_model: bool) -> list[Measurement]:
    """The values to judge: of the whole range, or of each bucket, of each model, of both."""
    from callstats_cli.answer.comparison import of_rows
    from callstats_cli.answer.execution import usage_of_all_models

    if not each_bucket:
        return [item for item in new.values if _is_judged(item, each_model=each_model)]
    stats = new.answer.stats
    usage = stats.usage if each_model else usage_of_all_models(new.answer.question, new.engine)
    return [
        *of_rows(usage, stats.usage_columns, by_bucket=True, by_model=each_model),
        *of_rows(stats.calls, stats.call_columns, by_bucket=True, by_model=False),
    ]


def _is_judged(item: Measurement, *, each_model: bool) -> bool:
    """Whether this is one of the values that are judged: of each model, or of all together."""
    return item.place.of_all_models != (each_model and item.column.metric.family == "usage")
