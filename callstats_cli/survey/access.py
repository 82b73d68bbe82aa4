"""How the calls of a layout are read: in place by every statement, or from tables that are loaded once.

The answer is the same either way. Typed Parquet is read in place, and loaded only where its calls
repeat or name parents, since each of many statements would read it again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.chain.chain import Chain, step
from callstats_cli.engines.loaded import Reading, joined_table
from callstats_cli.request.call_columns import TIMES
from callstats_cli.survey import relations
from callstats_cli.survey.failures import formats_by_lines, knowing
from callstats_cli.survey.ranges import range_of_request, whole_milliseconds
from callstats_cli.survey.usage_scope import names_parents, search_span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.engines.loaded import Loaded, LoadedTable
    from callstats_cli.formats.groups import Group
    from callstats_cli.request.request import CallStatsRequest
    from callstats_cli.survey.layout import Layout
    from callstats_cli.survey.options import SurveyOptions
    from callstats_cli.survey.ranges import Range
    from callstats_cli.survey.relations import CallsRelation


LARGE_BYTES = 16_000_000
"""From how many bytes of Parquet on ids are compared only where starts do not settle it: comparing
them takes as long as the rest of a question."""


class Needs(NamedTuple):
    """The needs of a question: columns of its calls; whether lines of one id may be one call
    (`merge`), a call may be logged in `parts`, and parents may repeat the usage below them
    (`own_usage`)."""

    columns: set[str]
    merge: bool
    parts: bool
    own_usage: bool


class Access(NamedTuple):
    """How calls are read. `tables` are those of loaded lines, null where files are read in place, of
    which `span` is read; `loaded` are the files as they were loaded. Where ids were not `compared`,
    starts alone show that no two lines are one call."""

    groups: Sequence[Group]
    needs: Needs
    span: Range | None = None
    loaded: Loaded | None = None
    tables: Sequence[LoadedTable] | None = None
    ids_compared: bool = True

    @property
    def relation(self) -> CallsRelation:
        """The calls as they are logged, duplicates and parts apart."""
        if self.tables is None:
            return relations.direct_calls(self.groups, self.needs.columns, self.span)
        return relations.unmerged_calls(self.tables) if self.tables else relations.no_calls()

    def whole(self, relation: CallsRelation) -> CallsRelation:
        """A relation of these calls, with those of typed Parquet that lie outside the span."""
        if self.groups and _are_typed(self.groups, self.needs.columns):
            return relations.direct_calls(self.groups, self.needs.columns, None)
        return relation


def find_access(
    layout: Layout,
    needs: Needs,
    request: CallStatsRequest,
    options: SurveyOptions,
    engine: Engine,
    now_us: int,
) -> Access:
    """The files in place where all are typed Parquet of a column per value, else loaded: what is parsed
    would be parsed by each statement anew."""
    groups = layout.groups
    access = Access(groups, needs)
    if not groups:
        return access._replace(tables=())
    if _are_typed(groups, needs.columns):
        access = access._replace(span=whole_milliseconds(range_of_request(request, now_us)))
        must_load = options.skip_bad_files or options.locate_rejects
        if not must_load and all(group.format.open_ended for group in groups):
            return access
        if access.span is not None and needs.own_usage:
            search = search_span(access.relation, access.span, engine)
            access = access._replace(span=whole_milliseconds(search))
    return _loaded(access, groups, layout, options, engine)


def with_later(access: Access, layout: Layout, options: SurveyOptions, engine: Engine) -> Access:
    """The access to a layout of the files that it has and of later ones, of which it reads these."""
    read = {number for group in access.groups for number in group.numbers}
    access = access._replace(groups=layout.groups)
    if access.loaded is None:
        return access
    later = [group.only_files(set(group.numbers) - read) for group in layout.groups]
    groups = [group for group in later if group.files]
    return _loaded(access, groups, layout, options, engine)


def settled(
    access: Access, span: Range, layout: Layout, options: SurveyOptions, engine: Engine
) -> Access:
    """The access for the range of the answer: files whose calls repeat or name parents are loaded."""
    if access.tables is not None:
        return access
    access = access._replace(span=whole_milliseconds(span))
    has_parents = access.needs.own_usage and names_parents(access.whole(access.relation), engine)
    if not has_parents:
        if not access.needs.merge:
            return access
        is_large = sum(layout.sizes.values()) >= LARGE_BYTES and not (
            options.compare_ids or options.inspect
        )
        if is_large and starts_rise(access.relation, engine):
            return access._replace(ids_compared=False)
        if not ids_repeat(access.relation, engine):
            return access
    search = search_span(access.relation, span, engine) if has_parents else span
    access = access._replace(span=whole_milliseconds(search))
    return _loaded(access, access.groups, layout, options, engine)


def starts_rise(relation: CallsRelation, engine: Engine) -> bool:
    """Whether each call starts in a later millisecond than the one before it: then none is another, as
    the lines of one call have one start."""
    (found,) = engine.rows(Chain(relation.steps, step("calls/rising_starts")))
    return bool(found["rising"])


def ids_repeat(relation: CallsRelation, engine: Engine) -> bool:
    """Whether two lines have the id of one call, or different calls have one."""
    (found,) = engine.rows(Chain(relation.steps, step("calls/repeated_ids")))
    return bool(found["repeated"])


def _are_typed(groups: Sequence[Group], needed: set[str]) -> bool:
    """Whether every file can be read, and pruned, straight from its stored columns."""
    return all(
        group.kind == "parquet" and group.format.joined is None and group.time_is_typed(time)
        for group in groups
        for time in TIMES
        if time in needed
    )


def _loaded(
    access: Access,
    groups: Sequence[Group],
    layout: Layout,
    options: SurveyOptions,
    engine: Engine,
) -> Access:
    """The access with groups loaded, beside those that are: the lines of each format of which several
    make a call are brought together, and formats of which a file or some line tells of failures know
    them."""
    columns, skip, locate = access.needs.columns, options.skip_bad_files, options.locate_rejects
    reading = Reading(options.read, columns, access.span, skip, locate)
    loaded = engine.load(reading, groups, layout.sizes, access.loaded)
    tables = _joined(loaded.tables, access.needs.columns, engine)
    telling = formats_by_lines(tables, engine)
    telling |= {group.format.name for group in access.groups if group.knows_failures}
    return access._replace(
        groups=[knowing(group, telling) for group in access.groups],
        loaded=loaded,
        tables=[table._replace(group=knowing(table.group, telling)) for table in tables],
    )


def _joined(tables: Sequence[LoadedTable], needed: set[str], engine: Engine) -> list[LoadedTable]:
    by_template: dict[str | None, list[LoadedTable]] = {None: []}
    for table in tables:
        by_template.setdefault(table.group.format.joined, []).append(table)
    kept = by_template.pop(None)
    for position, lines in enumerate(by_template.values()):
        calls = joined_table(f"joined_{position}", lines[0].group, needed)
        engine.keep(calls.name, relations.join_chain(lines, calls))
        kept.append(calls)
    return kept
