"""Source files to groups: each file's kind and format, where its columns are, and which are alike."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.engines.loaded import Rejected
from callstats_cli.errors import SourceError, counted
from callstats_cli.formats.completing import completed
from callstats_cli.formats.detection import detect, find_columns, fitting
from callstats_cli.formats.groups import group_files
from callstats_cli.formats.log_file import LogFile, no_timestamp
from callstats_cli.formats.mapped import check_mapped
from callstats_cli.formats.recognition import recognise
from callstats_cli.formats.time_units import is_near_zero, unit_of
from callstats_cli.formats.types import TEXT
from callstats_cli.formats.wrappers import unwrapped
from callstats_cli.request.call_columns import TIMES
from callstats_cli.request.token_counts import AMOUNTS
from callstats_cli.sources.sniffing import SAMPLE_LINES, sniff
from callstats_cli.sources.states import state_of
from callstats_cli.survey.failures import formats_by_names, knowing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.engines.engine import Engine
    from callstats_cli.formats.groups import Group, Reference
    from callstats_cli.formats.log_format import LogFormat
    from callstats_cli.formats.mapped import ReadOptions
    from callstats_cli.formats.recognition import Recognised
    from callstats_cli.request.filters import CallFilter
    from callstats_cli.sources.finding import SourceFile
    from callstats_cli.sources.states import FileState
    from callstats_cli.survey.files import Files
    from callstats_cli.survey.options import SurveyOptions


LINES_OF_ALL, FEWEST_LINES = 6_000, 3
"""How many lines are looked at to detect formats, of all files together, and at least of each. A column
that is in none of these is read all the same where its format has it."""


class Layout(NamedTuple):
    """Where the calls of files stand: `groups` of like files, with the place of each column.

    `no_logs` are the paths of files that hold no calls, `unreadable` files that were left out for a
    fault. `states` are the files as they were when they were looked at; `recognised` says what the
    columns of each file were taken for, where that was asked. `unfit` are the paths of files that are
    read as the format that the user names, although their content does not show it.
    """

    groups: list[Group]
    no_logs: list[str]
    unreadable: list[Rejected]
    states: list[FileState]
    recognised: list[Recognised]
    unfit: list[str]

    @property
    def sizes(self) -> dict[str, int]:
        """The bytes of the files when they were looked at, by path."""
        return {state.path: state.size for state in self.states}

    def seen_since(self, first: Layout) -> Layout:
        """The same layout, its files as they were when an earlier one looked at them."""
        states = {state.path: state for state in (*self.states, *first.states)}
        return self._replace(states=list(states.values()))


def find_layout(files: Files, options: SurveyOptions, asked: CallFilter, engine: Engine) -> Layout:
    """The layout of the chosen files; raises SourceError where one that was named is no log, where one
    has no start, where one cannot be read unless those are skipped, and where none is a log."""
    looker = _Looker(options, engine, len(files.chosen))
    logs: list[LogFile] = []
    groups: list[Group] = []
    for number in files.chosen:
        source = files.sources[number]
        file, log_formats = looker.look_at(source, number)
        if file is None:
            continue
        if not log_formats:
            if source.named or (len(files.sources) == 1 and not source.must_show):
                raise no_timestamp(file)
            looker.found.no_logs.append(source.path)
            continue
        for position, log_format in enumerate(log_formats):
            part = file._replace(number=number + position * len(files.sources))
            group = find_columns(log_format, part, options.read)
            logs.append(part)
            shares = len(log_formats) > 1
            groups.append(group._replace(shares_files=shares, is_beside=position > 0))
            if options.inspect and not log_format.tells:
                looker.found.recognised.append(recognise(part, groups[-1], options.read))
    check_mapped(groups, logs, options.read)
    for file, group in zip(logs, groups, strict=True):
        if not (group.has("started_at") or group.format.tells):
            raise no_timestamp(file)
    if looker.found.no_logs and not groups:
        raise SourceError(f"no call log among the files: {counted(looker.found.no_logs)}")
    kept, unread = completed(logs, groups, asked)
    looker.found.no_logs.extend(unread)
    telling = formats_by_names(logs, groups)
    looker.found.groups.extend(
        knowing(group, telling) for group in group_files(_with_units(group, engine) for group in kept)
    )
    return looker.found


class _Looker:
    """Looks at files one after the other, and notes in `found` what is not of a group."""

    def __init__(self, options: SurveyOptions, engine: Engine, files: int) -> None:
        self.read = options.read
        self.most = min(SAMPLE_LINES, max(FEWEST_LINES, LINES_OF_ALL // max(files, 1)))
        self.skip_bad_files = options.skip_bad_files
        self.engine = engine
        self.found = Layout([], [], [], [], [], [])

    def look_at(self, source: SourceFile, number: int) -> tuple[LogFile | None, tuple[LogFormat, ...]]:
        """A file and its formats, none where it is no log; null where there is nothing to read."""
        file = self._log_file(source, number)
        if file is None or file.sniffed.kind == "empty":
            return None, ()
        file, log_formats = self._with_formats(file, source)
        if file.sniffed.kind == "empty":
            return None, ()
        if source.must_show and not _shows_calls(file, log_formats, self.read):
            return file, ()
        return file, log_formats

    def _with_formats(self, file: LogFile, source: SourceFile) -> tuple[LogFile, tuple[LogFormat, ...]]:
        """A file and its formats, none where it is no log: pages as the calls in them, and where the
        first lines show nothing, with a deeper sample."""
        file = unwrapped(file, self.read, self._is_of_a_format)
        log_formats = self._formats_of(file, source)
        for deep in (True,) if self.most == SAMPLE_LINES else (False, True):
            if file.sniffed.kind in ("parquet", "empty") or (log_formats and self._fits(file)):
                break
            deeper = file._replace(sniffed=sniff(file.path, deep=deep))
            file = unwrapped(deeper, self.read, self._is_of_a_format)
            log_formats = self._formats_of(file, source)
        if log_formats and not self._fits(file):
            self.found.unfit.append(source.path)
        return file, log_formats

    def _is_of_a_format(self, file: LogFile) -> bool:
        return bool(fitting(file, self.read))

    def _fits(self, file: LogFile) -> bool:
        """Whether the content shows the format that the user names, if any."""
        return self.read.log_format is None or bool(fitting(file, self.read))

    def _formats_of(self, file: LogFile, source: SourceFile) -> tuple[LogFormat, ...]:
        """The formats of a file; none where a folder brought it and it is no log of any format."""
        read = self.read
        if file.sniffed.kind == "unknown":
            return ()
        if read.log_format and not source.named and not detect(file, read._replace(log_format=None)):
            return ()
        return detect(file, read)

    def _log_file(self, source: SourceFile, number: int) -> LogFile | None:
        try:
            sniffed = sniff(source.path, most=self.most)
            state = state_of(sniffed.path, may_grow=sniffed.kind != "parquet")
            if state is not None:
                self.found.states.append(state)
            if sniffed.kind == "parquet":
                return LogFile(sniffed, number, self.engine.schema(source.path))
        except SourceError as error:
            if not self.skip_bad_files:
                raise
            self.found.unreadable.append(Rejected(number, "skipped_files", text=error.message))
            return None
        return LogFile(sniffed, number, dict.fromkeys(_unique(sniffed.header), TEXT))


def _with_units(group: Group, engine: Engine) -> Group:
    """The group with the units of its stored integer times, by the largest of them (spec 5)."""
    if group.kind != "parquet" or group.numbers_are_relative:
        return group
    found = dict(group.found)
    for time in TIMES:
        found[time] = tuple(
            _with_unit(reference, group, time, engine)
            if reference.type.kind == "integer"
            else reference
            for reference in found.get(time, ())
        )
    return group._replace(found=found)


def _with_unit(reference: Reference, group: Group, time: str, engine: Engine) -> Reference:
    largest = engine.largest(group, time)
    unit = reference.unit or unit_of(largest)
    return reference._replace(unit=unit, near_zero=is_near_zero(largest, unit))


def _shows_calls(file: LogFile, log_formats: Sequence[LogFormat], read: ReadOptions) -> bool:
    """Whether a file of any name holds calls for certain. A time alone is what every log has."""
    if not all(log_format.open_ended for log_format in log_formats):
        return True
    return any(
        not {"model", "usage", *AMOUNTS}.isdisjoint(
            recognise(file, find_columns(log_format, file, read), read).columns
        )
        for log_format in log_formats
    )


def _unique(names: Sequence[str]) -> list[str]:
    """Column names of a header line, told apart where one is empty or stands twice."""
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for position, name in enumerate(names):
        folded = name.casefold() or f"column{position}"
        seen[folded] += 1
        plain = name or f"column{position}"
        unique.append(plain if seen[folded] == 1 else f"{plain}_{seen[folded] - 1}")
    return unique
