"""The rows of a table, in a terminal or in Markdown: those of the answer, then their totals."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from callstats_cli.render.words import ALL_MODELS, bucket_texts, title_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from callstats_cli.answer.rows import CallStats, Row, Totals
    from callstats_cli.request.output_columns import OutputColumn


_FEWEST_FOLDED: Final = 3


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table; under `-g total` those of the answer are the totals rows."""

    title: tuple[str, ...]
    columns: Sequence[OutputColumn]
    rows: Sequence[Row]
    buckets: list[str]
    """The bucket of each row that comes before the totals."""
    models: list[str] | None
    """The model of each row; None for calls."""
    gaps: dict[int, int]
    """Row of the answer → how many empty buckets before it are not shown."""


def tables(
    stats: CallStats, totals: Totals, model_name: Callable[[str | None], str], *, folds: bool
) -> Iterator[TableRows]:
    """The tables of the families that were asked for: usage per bucket and model, then per model and of
    all models; calls per bucket, then of the range."""
    is_total = stats.granularity == "total"
    if stats.usage_columns:
        of_all = [] if totals.usage_of_all_models is None else [totals.usage_of_all_models]
        per_model = stats.usage if is_total else totals.usage
        body, gaps = _body(stats.usage, is_total=is_total, folds=folds)
        named = [*body, *per_model]
        names = {model: model_name(model) for model in {row.model for row in named}}
        yield TableRows(
            title=title_parts("Usage", "model", stats),
            columns=stats.usage_columns,
            rows=[*named, *of_all],
            buckets=_bucket_texts(stats, body),
            models=[*(names[row.model] for row in named), *(ALL_MODELS for _ in of_all)],
            gaps=gaps,
        )
    if stats.call_columns:
        of_range = stats.calls if is_total else [] if totals.calls is None else [totals.calls]
        body, gaps = _body(stats.calls, is_total=is_total, folds=folds)
        yield TableRows(
            title=title_parts("Calls", None, stats),
            columns=stats.call_columns,
            rows=[*body, *of_range],
            buckets=_bucket_texts(stats, body),
            models=None,
            gaps=gaps,
        )


def _body(rows: Sequence[Row], *, is_total: bool, folds: bool) -> tuple[Sequence[Row], dict[int, int]]:
    """The rows of buckets, and the empty buckets that are not shown; none where rows are totals."""
    if is_total:
        return (), {}
    return without_empty_buckets(rows) if folds else (rows, {})


def _bucket_texts(stats: CallStats, rows: Sequence[Row]) -> list[str]:
    texts = bucket_texts((row.bucket for row in rows), stats.granularity, stats.timezone)
    return [texts[row.bucket] for row in rows]


def without_empty_buckets(rows: Sequence[Row]) -> tuple[list[Row], dict[int, int]]:
    """The rows without runs of three and more empty buckets, and where those were.

    Position in what is left → how many buckets lie before it.
    """
    kept: list[Row] = []
    gaps: dict[int, int] = {}
    buckets = [list(group) for _, group in groupby(rows, key=lambda row: row.bucket)]
    for is_empty, run in groupby(buckets, key=lambda group: not any(row.count for row in group)):
        groups = list(run)
        if is_empty and len(groups) >= _FEWEST_FOLDED:
            gaps[len(kept)] = len(groups)
        else:
            kept += [row for group in groups for row in group]
    return kept, gaps
