"""`callstats compare`: this range against another."""

from __future__ import annotations

import time

from callstats_cli.cli.diagnostics import Diagnostics
from callstats_cli.cli.flags import Flags, taking_flags
from callstats_cli.cli.measuring import (
    FORMATS,
    BaselineFile,
    WithRange,
    measure,
    other_side,
    plan_other,
)
from callstats_cli.cli.question import build_request
from callstats_cli.cli.settings import with_settings
from callstats_cli.cli.stages import (
    exit_code,
    files_of,
    terminal_for,
    write_lines,
    write_markdown,
    write_text,
)
from callstats_cli.errors import RequestError


@taking_flags()
def compare(flags: Flags, *, with_range: WithRange = None, baseline: BaselineFile = None) -> int:
    """This range against the one before, another one, or a saved answer.

    callstats compare logs/ --last 7d

    callstats compare logs/ -s this-week --with last-week..this-week --calls latency_ms:p95

    callstats compare logs/ --last 7d --baseline release-1.json -f markdown
    """
    from callstats_cli.answer.comparison import Comparison, Side, changes
    from callstats_cli.cli.output import format_of, open_output
    from callstats_cli.render.comparison import (
        comparison_json,
        comparison_markdown,
        comparison_text,
    )

    if flags.granularity is not None:
        raise RequestError("compare is about whole ranges: --granularity has no place in it")
    diagnostics = Diagnostics(quiet=flags.quiet, debug=flags.debug)
    flags = with_settings(flags, FORMATS, diagnostics)
    now_us = time.time_ns() // 1_000
    chosen = format_of(flags.output_format, as_json=flags.as_json, output=flags.output, known=FORMATS)
    request = build_request(flags, now_us, diagnostics)._replace(granularity="total")
    other = plan_other(with_range, baseline, request, now_us)
    with diagnostics.progress("Reading"):
        files = files_of(flags, diagnostics)
    with open_output(flags.output, files) as stream:
        new = measure(files, request, flags, now_us, diagnostics)
        old_side, old = other_side(files, request, new, other, flags, now_us, diagnostics)
        new_side = Side(new.answer.stats.start, new.answer.stats.end)
        compared = Comparison(new_side, old_side, new.answer.stats.timezone, changes(old, new.values))
        if chosen == "json":
            write_lines(stream, (comparison_json(compared),))
        elif chosen == "markdown":
            write_markdown(stream, comparison_markdown(compared))
        else:
            write_text(stream, comparison_text(compared, terminal_for(stream, flags)))
    return exit_code(new.answer, flags)
