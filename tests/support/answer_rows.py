"""Rows of an answer, made of its columns and their values in the same order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from callstats_cli.answer.rows import Number, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from callstats_cli.request.output_columns import OutputColumn


def usage_row(
    columns: Sequence[OutputColumn],
    bucket: int,
    model: str | None,
    count: int,
    values: Sequence[Number],
    without: Mapping[str, int] | None = None,
) -> Row:
    return Row(bucket, {"model": model}, count, _named(columns, values), without or {})


def call_row(columns: Sequence[OutputColumn], bucket: int, count: int, values: Sequence[Number]) -> Row:
    return Row(bucket, {}, count, _named(columns, values))


def _named(columns: Sequence[OutputColumn], values: Sequence[Number]) -> dict[str, Number]:
    return dict(zip([column.name for column in columns], values, strict=True))
