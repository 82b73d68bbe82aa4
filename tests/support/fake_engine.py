"""An engine with canned rows, which runs what answers a question without reading a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from callstats_cli.answer.question import Question
from callstats_cli.engines.engine import Rows, Timings
from callstats_cli.request.buckets import plan_buckets
from callstats_cli.survey.relations import CallsRelation
from callstats_cli.survey.survey import Survey
from callstats_cli.survey.usage_scope import Repeats

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from callstats_cli.chain.chain import Chain
    from callstats_cli.engines.loaded import Loaded, Rejected
    from callstats_cli.formats.groups import Group
    from callstats_cli.formats.types import ColumnType
    from callstats_cli.request.request import CallStatsRequest


class FakeEngine:
    """Answers a chain by the template of its last step; `canned` has the rows of each, a list of
    which is taken from its front where a question is asked more than once."""

    name = "fake"

    def __init__(self, canned: Mapping[str, list[list[dict[str, Any]]]]) -> None:
        self.canned = {template: list(answers) for template, answers in canned.items()}
        self.asked: list[str] = []
        self.timings = Timings()

    def progress(self) -> float | None:
        return None

    def open(self, files: Iterable[str]) -> None:
        """Opens nothing."""

    def schema(self, path: str) -> dict[str, ColumnType]:
        raise NotImplementedError(path)

    def largest(self, group: Group, time: str) -> float | None:
        raise NotImplementedError(group, time)

    def load(self, *_: object, **__: object) -> Loaded:
        raise NotImplementedError

    def nulled(self, calls: Chain) -> list[Rejected]:
        raise NotImplementedError(calls)

    def keep(self, name: str, chain: Chain) -> None:
        raise NotImplementedError(name, chain)

    def script(self, chains: Iterable[Chain], names: Mapping[str, str]) -> str:
        raise NotImplementedError(chains, names)

    def rows(self, chain: Chain) -> Rows:
        template = getattr(chain.answer, "template", chain.answer.name)
        self.asked.append(template)
        rows = self.canned[template].pop(0)
        columns = list(rows[0]) if rows else []
        return Rows(columns, [tuple(row.values()) for row in rows])


def surveyed(request: CallStatsRequest, start_us: int, end_us: int, **facts: Any) -> Question:
    """A question over calls from `start_us` to `end_us`; `facts` are fields of its survey."""
    relation = CallsRelation(())
    survey = Survey(
        relation=relation,
        unpruned=relation,
        recorded=relation,
        own=relation,
        range=(start_us, end_us),
        usage_scope="auto",
        repeats=Repeats(),
        files=(),
        sources=(),
        formats={},
        quality={},
        rejected=(),
        groups=(),
        lines_read=0,
        logs_ends=True,
        knows_failures=True,
        failures_unknown=(),
        zoneless=(),
        near_zero=(),
        recognised=(),
        skipped=(),
        states=(),
    )._replace(**facts)
    plan = plan_buckets(start_us, end_us, request.granularity or "auto", request.timezone)
    return Question(request, survey, plan)
