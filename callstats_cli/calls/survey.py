"""What must be known of the sources before the answer's SQL can be written (SPEC 1).

Reads schemas, Parquet statistics and first lines where that is enough; loads a source once, into a
temporary table of the few columns needed, where it is not.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Literal, NamedTuple

from callstats_cli.calls import relations
from callstats_cli.calls.failures import (
    formats_by_lines,
    formats_without_failures,
    knowing,
    knows_failures,
)
from callstats_cli.calls.layout import Grouper
from callstats_cli.calls.quality import REJECTED
from callstats_cli.calls.time_notes import (
    stored_near_zero,
    stored_without_zone,
    written_near_zero,
    written_without_zone,
)
from callstats_cli.calls.usage_scope import (
    Repeats,
    find_repeats,
    names_parents,
    scope_filter,
    search_span,
)
from callstats_cli.chain.statements import join_steps, step, template_statement
from callstats_cli.engines.duckdb.loading import Loader, Rejected, joined_table
from callstats_cli.errors import SourceError, counted
from callstats_cli.formats.mapped import ReadOptions
from callstats_cli.formats.notions import check_filter
from callstats_cli.request.buckets import is_supported
from callstats_cli.request.call_columns import TIMES, needed_columns, usage_columns
from callstats_cli.request.metrics import AMOUNTS
from callstats_cli.sources.partitions import prune

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.calls.layout import Grouped
    from callstats_cli.calls.relations import CallsRelation, UsageScope
    from callstats_cli.engines.duckdb.loading import LoadedTable
    from callstats_cli.engines.duckdb.session import DuckDBEngine
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.recognition import Recognised
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.sources.sniffing import FileState

Dedupe = Literal["auto", "always", "never"]


class SurveyOptions(NamedTuple):
    """What a user said beside the request: how to read, whether to merge, whose usage counts."""

    read: ReadOptions = ReadOptions()
    dedupe: Dedupe = "auto"
    usage_scope: UsageScope = "auto"
    prune_partitions: bool = True
    skip_bad_files: bool = False
    recorded_costs: bool = False
    locate_rejects: bool = False
    inspect: bool = False


class Survey(NamedTuple):
    """The sources as the compiler needs to know them.

    `relation` holds the calls that may count, `unpruned` also those outside the range; `recorded` are
    the same calls with their usage as written, `own` less what they repeat of those below. `range` is
    half-open, in microseconds since 1970; null where there is no call. `usage_scope` says whose usage
    counts, `repeats` how much of what was recorded repeats what lies below. `quality` counts what was
    odd, by kind; `rejected` is what was skipped or nulled, where that was asked for. Where
    `logs_ends`, a call without an end is one still running, not one of a log without ends.
    `failures_unknown` are the formats that do not tell whether a call failed, `knows_failures` whether
    any other is read. `zoneless` are the log's columns of times without a zone, `near_zero` those of
    starts that seem to count from 0.
    """

    relation: CallsRelation
    unpruned: CallsRelation
    recorded: CallsRelation
    own: CallsRelation
    range: tuple[int, int] | None
    usage_scope: UsageScope
    repeats: Repeats
    files: tuple[str, ...]
    formats: dict[str, int]
    quality: dict[str, int]
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
    files: Sequence[SourceFile],
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: DuckDBEngine,
    now_us: int,
) -> Survey:
    """Surveys the files; raises SourceError where one cannot be read or holds no calls at all."""
    engine.allow_only(file.path for file in files)
    return _Surveyor(request, options, engine, now_us).survey(files)


class _Surveyor:
    """The survey's steps, in the order of `survey`; each leaves what the next one reads."""

    def __init__(
        self,
        request: CallStatsRequest,
        options: SurveyOptions,
        engine: DuckDBEngine,
        now_us: int,
        read_until: int | None = None,
        by_python: frozenset[int] = frozenset(),
    ) -> None:
        self.request = request
        self.options = options
        self.engine = engine
        self.now_us = now_us
        self.read_until = read_until
        self.by_python = by_python
        self.quality: Counter[str] = Counter()
        self.rejected: list[Rejected] = []
        self.loader: Loader | None = None
        self.groups: list[Group] = []
        self.states: Sequence[FileState] = ()
        self.needed: set[str] = set()
        self.lines_read = 0
        self.is_direct = False
        self.is_merged = False

    def survey(self, sources: Sequence[SourceFile]) -> Survey:
        files = self._files(sources, self.read_until)
        found = self._found_groups(files)
        check_filter(self.groups, self.request.filter)
        may_merge = self.options.dedupe != "never" and self._has("id")
        may_repeat = bool(self.request.usage_metrics) and self._has("parent_id")
        self.needed = self._needed(may_merge=may_merge, own_usage=may_repeat)
        relation, span = self._calls(may_merge=may_merge, may_repeat=may_repeat)
        self._check_format(found, relation)
        if may_repeat and span is not None and len(files) < len(sources):
            # Calls below a long one may lie in later partitions.
            until = search_span(relation, span, self.engine)[1]
            if len(self._files(sources, until)) > len(files):
                return self._again(until, self.by_python).survey(sources)
        scope, repeats, own = self.options.usage_scope, Repeats(), relation
        if may_repeat and span and self.loader and names_parents(relation, self.engine):
            asked = scope_filter(scope, self.request.filter)
            repeats = find_repeats(relation, span, asked, self.engine)
            own = relations.own_usage(relation) if repeats.entries else relation
        self._count_odd_calls(relation, span)
        if self.options.locate_rejects:
            unpaired = self._locate_nulled(relation, span)
            if unpaired:
                by_python = self.by_python | unpaired
                return self._again(self.read_until, by_python).survey(sources)
        counted_calls = relation if scope == "recorded" else own
        return Survey(
            relation=counted_calls,
            recorded=relation,
            own=own,
            recognised=found.recognised,
            unpruned=self._unpruned(counted_calls),
            range=span,
            usage_scope=scope,
            repeats=repeats,
            files=tuple(file.path for file in files),
            formats=self._formats(),
            quality={kind: count for kind, count in self.quality.items() if count},
            rejected=self.rejected,
            groups=self.groups,
            lines_read=self.lines_read,
            logs_ends=any(
                group.found.get("ended_at") and not (group.format.open_ended and group.is_json)
                for group in self.groups
            ),
            knows_failures=knows_failures(self.groups),
            failures_unknown=formats_without_failures(self.groups),
            zoneless=tuple(dict.fromkeys(self._zoneless())),
            near_zero=tuple(dict.fromkeys(self._near_zero())),
            skipped=tuple(found.no_logs),
            states=found.states,
        )

    def _zoneless(self) -> list[str]:
        loaded = self.loader.tables if self.loader else ()
        stored = stored_without_zone(self.groups, self.needed)
        return stored + written_without_zone(loaded, self.engine)

    def _near_zero(self) -> list[str]:
        if self.options.read.time_origin is not None:
            return []
        written = written_near_zero(self.loader, self.engine) if self.loader else []
        return stored_near_zero(self.groups) + written

    def _again(self, until: int | None, by_python: frozenset[int]) -> _Surveyor:
        """The same survey from its beginning, over files until a later day, some of them by Python."""
        return _Surveyor(self.request, self.options, self.engine, self.now_us, until, by_python)

    def _formats(self) -> dict[str, int]:
        """How many files are written in each format."""
        read = {(group.format.name, path): None for group in self.groups for path in group.files}
        return dict(Counter(name for name, _ in read))

    def _unpruned(self, relation: CallsRelation) -> CallsRelation:
        if any(group.kind == "parquet" for group in self.groups) and self._all_typed():
            return relations.direct_calls(self.groups, self.needed, None)
        return relation

    # Files and groups

    def _files(self, sources: Sequence[SourceFile], until: int | None) -> list[SourceFile]:
        """The files of the range, and of what is read after it."""
        start, end = self.request.start, self.request.end
        if start is None or not self.options.prune_partitions:
            return list(sources)
        return prune(sources, start, max(self.now_us if end is None else end, until or 0))

    def _found_groups(self, files: Sequence[SourceFile]) -> Grouped:
        options = self.options
        grouper = Grouper(
            options.read,
            self.engine,
            skip_bad_files=options.skip_bad_files,
            recognises=options.inspect,
        )
        found = grouper.group(files, self.request.filter)
        self.groups = found.groups
        self.states = found.states
        self.rejected += found.unreadable
        self.quality["skipped_files"] += len(found.unreadable)
        return found

    def _has(self, column: str) -> bool:
        return any(group.has(column) for group in self.groups)

    def _all_typed(self) -> bool:
        """Can every file be read, and pruned, straight from its stored columns?"""
        return all(
            group.kind == "parquet" and group.format.joined is None and group.time_is_typed(time)
            for group in self.groups
            for time in TIMES
            if time in self.needed
        )

    def _reads_in_place(self) -> bool:
        return self._all_typed() and not self.options.skip_bad_files

    def _needed(self, *, may_merge: bool, own_usage: bool) -> set[str]:
        needed = needed_columns(
            self.request,
            merge=may_merge,
            parts=self._has_parts(),
            own_usage=own_usage,
            recorded_costs=self.options.recorded_costs,
        )
        return needed | ({"project_id", "op_name", "provider"} if self.options.inspect else set())

    def _has_parts(self) -> bool:
        return self._has("line_type")

    # Calls

    def _calls(
        self, *, may_merge: bool, may_repeat: bool
    ) -> tuple[CallsRelation, tuple[int, int] | None]:
        """The calls of the sources, merged where needed, and the range of the answer."""
        if not self.groups:
            return relations.no_calls(), self._asked_range(relations.no_calls())
        if not self._reads_in_place():
            return self._loaded_calls(None, may_merge=may_merge)
        direct = relations.direct_calls(self.groups, self.needed, self._read_span(None))
        span = self._asked_range(direct)
        if span is None:
            return direct, None
        direct = relations.direct_calls(self.groups, self.needed, self._read_span(span))
        has_parents = may_repeat and names_parents(self._unpruned(direct), self.engine)
        if not has_parents and not (may_merge and self._repeats(direct)):
            self.is_direct = self.groups[0].format.open_ended
            return direct, span
        search = search_span(direct, span, self.engine) if has_parents else span
        return self._loaded_calls(self._read_span(search), may_merge=may_merge)

    def _loaded_calls(
        self, read_span: tuple[int, int] | None, *, may_merge: bool
    ) -> tuple[CallsRelation, tuple[int, int] | None]:
        loader = self._load(read_span)
        self.quality.update(loader.quality)
        self.rejected += loader.rejected
        self.lines_read = loader.lines_read
        if not loader.tables:
            return relations.no_calls(), self._asked_range(relations.no_calls())
        tables = self._joined(loader.tables)
        telling = formats_by_lines(tables, self.engine)
        tables = [table._replace(group=knowing(table.group, telling)) for table in tables]
        self.groups = [knowing(group, telling) for group in self.groups]
        relation = relations.unmerged_calls(tables)
        repeats = may_merge and (self.options.dedupe == "always" or self._repeats(relation))
        if repeats or self._has_parts():
            self.is_merged = True
            self.engine.run(relations.merge_statement(tables, merge=repeats))
            relation = relations.merged_calls()
            ((merged, reused),) = self.engine.run(template_statement("calls/merge_counts"))
            self.quality.update(merged=merged, reused_ids=reused)
        return relation, self._asked_range(relation)

    def _load(self, read_span: tuple[int, int] | None) -> Loader:
        self.loader = Loader(
            self.engine,
            self.options.read,
            self.needed,
            {state.path: state.size for state in self.states},
            by_python=self.by_python,
            skip_bad_files=self.options.skip_bad_files,
        )
        self.loader.load(self.groups, read_span)
        return self.loader

    def _joined(self, tables: Sequence[LoadedTable]) -> list[LoadedTable]:
        """The tables, those of each format of which several lines make a call brought together."""
        kept = [table for table in tables if table.group.format.joined is None]
        joined: dict[str, list[LoadedTable]] = {}
        for table in tables:
            if table.group.format.joined is not None:
                joined.setdefault(table.group.format.joined, []).append(table)
        for position, lines in enumerate(joined.values()):
            calls = joined_table(f"joined_{position}", lines[0].group, self.needed)
            self.engine.run(relations.join_statement(lines, calls))
            kept.append(calls)
        return kept

    def _check_format(self, found: Grouped, relation: CallsRelation) -> None:
        """Raises SourceError where the user names a format that no file shows and no call is of."""
        if not found.unfit or len(found.unfit) < len(
            {path for group in self.groups for path in group.files}
        ):
            return
        ((calls,),) = self.engine.run(
            join_steps(self._unpruned(relation).steps, step("calls/dated_calls"))
        )
        if not calls:
            raise SourceError(
                f"no line of {counted(found.unfit)} is of the format {self.options.read.log_format}",
                hint="without --log-format it is told by the content",
            )

    def _asked_range(self, relation: CallsRelation | None) -> tuple[int, int] | None:
        """The request's range; without a start that of the calls, None where there is none."""
        start, end = self.request.start, self.request.end
        if start is not None:
            return start, max(start, self.now_us) if end is None else end
        if relation is None:
            return None
        first, last = self._range_of_calls(relation, within_years=False)
        if first is not None and last is not None and not (is_supported(first) and is_supported(last)):
            first, last = self._range_of_calls(relation, within_years=True)
        if end is not None:
            return (end if first is None else min(first, end)), end
        return None if first is None or last is None else (first, last + 1)

    def _range_of_calls(
        self, relation: CallsRelation, *, within_years: bool
    ) -> tuple[int | None, int | None]:
        statement = relations.range_statement(
            relation, self.request.project_id, within_years=within_years
        )
        ((first, last),) = self.engine.run(statement)
        return first, last

    def _read_span(self, span: tuple[int, int] | None) -> tuple[int, int] | None:
        """What must be read for a range: whole milliseconds, since lines merge by them (SPEC 6)."""
        if span is None:
            if self.request.start is None:
                return None
            span = self._asked_range(None)
            assert span is not None  # noqa: S101 - a request with a start has a range
        return span[0] // 1_000 * 1_000, -(-span[1] // 1_000) * 1_000

    def _repeats(self, relation: CallsRelation) -> bool:
        ((repeated,),) = self.engine.run(join_steps(relation.steps, step("calls/repeated_ids")))
        return bool(repeated)

    # Quality

    def _count_odd_calls(self, relation: CallsRelation, span: tuple[int, int] | None) -> None:
        if self.loader is None and "duration" in self.needed and self._has("duration"):
            statement = relations.unread_durations_statement(self.groups, self._read_span(span))
            ((unread,),) = self.engine.run(statement)
            self.quality["unreadable_times"] += unread
        start, end = span or (0, 0)
        if self.is_direct and self._statistics_are_clean(relation):
            return
        statement = relations.quality_statement(
            relation,
            self._asked_counts(),
            range_start=start,
            range_end=end,
            now=self.now_us,
        )
        ((undated, entries, counts, large_totals, future, deleted),) = self.engine.run(statement)
        self.quality.update(
            undated=undated,
            unusable_usage_entries=entries,
            unreadable_counts=counts,
            in_the_future=future,
            deleted=deleted,
        )
        if large_totals:
            statement = relations.unexplained_totals_statement(relation, start, end)
            ((self.quality["unexplained_totals"],),) = self.engine.run(statement)
        if undated:
            ((dated,),) = self.engine.run(
                join_steps(self._unpruned(relation).steps, step("calls/dated_calls"))
            )
            if not dated:
                raise SourceError(f"none of the {undated:,} calls has a readable start")

    def _locate_nulled(self, relation: CallsRelation, span: tuple[int, int] | None) -> frozenset[int]:
        """Finds what was nulled, where anything was; calls read straight from files are loaded then.
        Returns the numbers of files that have to be read by Python to be sure of their lines."""
        located = Counter(item.kind for item in self.rejected)
        if all(self.quality[kind] == located[kind] for kind in REJECTED):
            return frozenset()
        from callstats_cli.calls.rejects import nulled_values

        loader = self.loader
        if loader is None:
            loader = self._load(self._read_span(span))
            relation = relations.unmerged_calls(loader.tables)
        start, end = span or (0, 0)
        statement = relations.nulled_statement(
            relation,
            self._asked_counts(),
            merged=self.is_merged,
            range_start=start,
            range_end=end,
        )
        nulled, unpaired = nulled_values(loader, statement, self.engine)
        self.rejected += nulled
        return unpaired

    def _asked_counts(self) -> list[str]:
        """The amounts that the asked metrics are made of."""
        asked = usage_columns(self.request, recorded_costs=self.options.recorded_costs)
        return [amount for amount in AMOUNTS if amount in asked]

    def _statistics_are_clean(self, relation: CallsRelation) -> bool:
        counts = [count for count in self._asked_counts() if self._has(count)]
        whole = self._unpruned(relation)
        ((self.lines_read, undated, latest, deleted, large_totals, smallest),) = self.engine.run(
            relations.stored_extremes_statement(whole, counts, may_be_deleted=self._has("deleted_at"))
        )
        in_the_future = latest is not None and latest > self.now_us
        return not (undated or deleted or large_totals or in_the_future or (smallest or 0) < 0)
