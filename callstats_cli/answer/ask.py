"""A request answered: `ask` is the whole way, in the steps that others take one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from callstats_cli.answer import notes
from callstats_cli.answer.execution import run
from callstats_cli.answer.question import prepare

if TYPE_CHECKING:
    from collections.abc import Sequence

    from callstats_cli.answer.question import AskOptions, Question
    from callstats_cli.answer.rows import CallStats, Totals
    from callstats_cli.engines.engine import Engine
    from callstats_cli.request.request import CallStatsRequest


class Answer(NamedTuple):
    """The answer to a request: its rows, its totals (null where they were not wanted), what is good to
    know, a line each."""

    question: Question
    stats: CallStats
    totals: Totals | None
    notes: Sequence[str]


def ask(request: CallStatsRequest, options: AskOptions, engine: Engine) -> Answer:
    """The answer to a request over the files that the options name; the engine is locked to these.

    Raises RequestError for what cannot be asked of them, SourceError where they cannot be read, and
    EngineError.
    """
    question = prepare(request, options, engine)
    answer = answered(question, options, engine)
    return answer._replace(notes=[*notes.of_question(question), *answer.notes])


def answered(question: Question, options: AskOptions, engine: Engine) -> Answer:
    """The answer to a question, with notes on its rows alone; raises as `ask`."""
    stats, totals = run(question, engine, totals=options.totals)
    return Answer(question, stats, totals, list(notes.of_answer(question, stats, engine)))
