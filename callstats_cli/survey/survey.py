"""The survey: all that the answer's SQL must know of the sources (spec 1).

Files → layout → access → calls → meaning → facts: each is made once, from those before it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, step
from callstats_cli.errors import SourceError, counted
from callstats_cli.formats.notions import check_filter
from callstats_cli.survey.access import Needs, find_access, settled, with_later
from callstats_cli.survey.facts import find_facts
from callstats_cli.survey.failures import formats_without_failures, knows_failures
from callstats_cli.survey.files import files_of_range, with_later_files
from callstats_cli.survey.layout import find_layout
from callstats_cli.survey.merging import find_calls
from callstats_cli.survey.needed import needed_columns
from callstats_cli.survey.time_notes import columns_near_zero, columns_without_zone
from callstats_cli.survey.usage_scope import find_meaning, search_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.engines.loaded import Rejected
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.recognition import Recognised
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.sources.states import FileState
    from callstats_cli.survey.layout import Layout
    from callstats_cli.survey.merging import Calls
    from callstats_cli.survey.options import SurveyOptions, UsageScope
    from callstats_cli.survey.ranges import Range
    from callstats_cli.survey.relations import CallsRelation
    from callstats_cli.survey.usage_scope import Repeats


class Survey(NamedTuple):
    """The sources as the compiler needs to know them.

    `relation` holds the calls that may count, `unpruned` also those outside the range; `recorded` are
    the same calls with their usage as written, `own` less what they repeat of those below. `range` is
    half-open, in microseconds since 1970; null where there is no call. `usage_scope` says whose usage
    counts, `repeats` how much of what was recorded repeats what lies below. `files` are the paths that
    were read, `sources` those of all files in reading order. `quality` counts what was odd, by
    kind, null where it is not known; `rejected` is what was skipped or nulled, where that was asked
    for. Where `logs_ends`, a call without an end is one still running, not one of a log without ends.
    `failures_unknown` are the formats that do not tell whether a call failed, `knows_failures` whether
    any other is read.
    `zoneless` are the log's columns of times without a zone, `near_zero` those of starts that seem to
    count from 0.
    """

    relation: CallsRelation
    unpruned: CallsRelation
    recorded: CallsRelation
    own: CallsRelation
    range: Range | None
    usage_scope: UsageScope
    repeats: Repeats
    files: tuple[str, ...]
    sources: tuple[str, ...]
    formats: dict[str, int]
    quality: dict[str, int | None]
    rejected: Sequence[Rejected]
    groups: Sequence[Group]
    lines_read: int
    logs_ends: bool
    knows_failures: bool
    failures_unknown: tuple[str, ...]
    zoneless: tuple[str, ...]
    near_zero: tuple[str, ...]
    recognised: Sequence[Recognised]
    skipped: tuple[str, ...]
    states: Sequence[FileState]


def survey_sources(
    sources: Sequence[SourceFile],
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: Engine,
    now_us: int,
) -> Survey:
    """Surveys the files; raises SourceError where one cannot be read or holds no calls at all."""
    engine.open(file.path for file in sources)
    until = now_us if request.end is None else request.end
    files = files_of_range(sources, request, options.prune_partitions, until)
    layout = find_layout(files, options, request.filter, engine)
    check_filter(layout.groups, request.filter)
    needs = _needs(layout, request, options)
    access = find_access(layout, needs, request, options, engine, now_us)
    calls = find_calls(access, request, options, engine, now_us)
    if needs.own_usage and calls.range is not None and len(files.chosen) < len(files.sources):
        # Calls below a long one may lie in later partitions.
        until = search_span(calls.relation, calls.range, engine)[1]
        wider = with_later_files(files, request, until)
        if wider != files:
            files = wider
            layout = find_layout(files, options, request.filter, engine).seen_since(layout)
            access = with_later(calls.access, layout, options, engine)
            calls = find_calls(access, request, options, engine, now_us)
    if calls.range is not None:
        access = settled(calls.access, calls.range, layout, options, engine)
        if access.loaded is not calls.access.loaded:
            calls = find_calls(access, request, options, engine, now_us)
        else:
            calls = calls.read_by(access)
    _check_format(layout, calls, options, engine)
    meaning = find_meaning(calls, request, options.usage_scope, engine)
    facts = find_facts(calls, layout.unreadable, request, options, engine, now_us)
    groups = calls.access.groups
    return Survey(
        relation=meaning.relation,
        recorded=calls.relation,
        own=meaning.own,
        unpruned=calls.access.whole(meaning.relation),
        range=calls.range,
        usage_scope=options.usage_scope,
        repeats=meaning.repeats,
        files=files.paths,
        sources=tuple(file.path for file in files.sources),
        formats=_formats(groups),
        quality={kind: count for kind, count in facts.quality.items() if count}
        | ({} if calls.access.ids_compared else {"reused_ids": None}),
        rejected=facts.rejected,
        groups=groups,
        lines_read=facts.lines_read,
        logs_ends=any(
            group.found.get("ended_at") and not (group.format.open_ended and group.is_json)
            for group in groups
        ),
        knows_failures=knows_failures(groups),
        failures_unknown=formats_without_failures(groups),
        zoneless=columns_without_zone(calls.access, engine),
        near_zero=columns_near_zero(calls.access, options.read, engine),
        recognised=layout.recognised,
        skipped=tuple(layout.no_logs),
        states=layout.states,
    )


def _needs(layout: Layout, request: CallStatsRequest, options: SurveyOptions) -> Needs:
    """The question's needs, by what the files have."""

    def has(column: str) -> bool:
        return any(group.has(column) for group in layout.groups)

    merge = options.dedupe != "never" and has("id")
    own_usage = bool(request.usage_metrics) and has("parent_id")
    columns = needed_columns(
        request,
        merge=merge,
        parts=has("line_type"),
        own_usage=own_usage,
        recorded_costs=options.recorded_costs,
    )
    if options.inspect:
        columns |= {"project_id", "op_name", "provider"}
    return Needs(columns, merge, has("line_type"), own_usage)


def _check_format(layout: Layout, calls: Calls, options: SurveyOptions, engine: Engine) -> None:
    """Raises SourceError where the user names a format that no file shows and no call is of."""
    read = {path for group in layout.groups for path in group.files}
    if not layout.unfit or len(layout.unfit) < len(read):
        return
    relation = calls.access.whole(calls.relation)
    (found,) = engine.rows(Chain(relation.steps, step("calls/dated_calls")))
    if not found["dated"]:
        raise SourceError(
            f"no line of {counted(layout.unfit)} is of the format {options.read.log_format}",
            hint="without --log-format it is told by the content",
        )


def _formats(groups: Sequence[Group]) -> dict[str, int]:
    """How many files are written in each format."""
    read = {(group.format.name, path): None for group in groups for path in group.files}
    return dict(Counter(name for name, _ in read))
