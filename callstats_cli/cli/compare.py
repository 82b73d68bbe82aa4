"""`callstats compare`: this range against another."""

from __future__ import annotations

from callstats_cli.cli.flags import Flags, taking_flags
from callstats_cli.cli.measuring import (
    FORMATS,
    BaselineFile,
    WithRange,
    measure,
    other_side,
    plan_other,
    write_report,
)
from callstats_cli.cli.question import build_request
from callstats_cli.cli.stages import begin, exit_code, files_of
from callstats_cli.errors import RequestError


@taking_flags()
def compare(flags: Flags, *, with_range: WithRange = None, baseline: BaselineFile = None) -> int:
    """This range against the one before, another one, or a saved answer.

    callstats compare logs/ --last 7d

    callstats compare logs/ -s this-week --with last-week..this-week --calls latency_ms:p95

    callstats compare logs/ --last 7d --baseline release-1.json -f markdown
    """
    from callstats_cli.answer.comparison import Comparison, Side, changes
    from callstats_cli.cli.output import open_output
    from callstats_cli.render.comparison import (
        comparison_json,
        comparison_markdown,
        comparison_text,
    )
    from callstats_cli.sources.finding import named_as_typed

    if flags.granularity is not None:
        raise RequestError("compare is about whole ranges: --granularity has no place in it")
    run = begin(flags, FORMATS)
    flags, diagnostics, _, now_us = run
    request = build_request(flags, now_us, diagnostics)._replace(granularity="total")
    other = plan_other(with_range, baseline, request, now_us)
    with diagnostics.progress("Looking for files"):
        files = files_of(flags, diagnostics)
    with named_as_typed(files), open_output(flags.output, files) as stream:
        new = measure(run, files, request)
        old_side, old = other_side(run, files, request, new, other)
        new_side = Side(new.answer.stats.start, new.answer.stats.end)
        compared = Comparison(new_side, old_side, new.answer.stats.timezone, changes(old, new.values))
        write_report(run, stream, compared, comparison_json, comparison_markdown, comparison_text)
    return exit_code(new.answer, flags)
