"""How what a chain's slots hold becomes SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from callstats_cli.chain.chain import Chain, Union, filled
from callstats_cli.chain.slots import Aggregate, Column, Named, Ratio
from callstats_cli.engines.duckdb.dialect import fill
from callstats_cli.engines.duckdb.session import DuckDBEngine
from callstats_cli.engines.engine import Rows

if TYPE_CHECKING:
    from callstats_cli.engines.engine import Engine


def test_a_slot_with_a_text_stands_once_for_each_item() -> None:
    sql = "select least(null/* counts:, min({}) */) as least"
    assert fill(sql, {"counts": ("a", "b")}) == "select least(null, min(a), min(b)) as least"
    assert fill(sql, {"counts": ()}) == "select least(null) as least"


def test_a_slot_on_a_line_of_its_own_becomes_a_line_for_each_item() -> None:
    sql = "select\n    0\n    /* costs: + cost_of({}, {}_rate) */\nfrom t"
    wanted = "select\n    0\n    + cost_of(a, x_rate)\n    + cost_of(b, y_rate)\nfrom t"
    assert fill(sql, {"costs": (("a", "x"), ("b", "y"))}) == wanted
    assert fill(sql, {"costs": ()}) == "select\n    0\nfrom t"


@pytest.mark.parametrize(("holds", "wanted"), [(True, "from t where x"), (False, "from t")])
def test_a_truth_value_says_whether_a_text_stands(holds: bool, wanted: str) -> None:
    assert fill("from t/* x: where x */", {"x": holds}) == wanted


def test_a_slot_that_nothing_fills_is_a_bug() -> None:
    with pytest.raises(KeyError):
        fill("select /* columns */", {})


def test_a_formula_is_one_item_of_a_select_list() -> None:
    share = Ratio(Aggregate("sum", "a", known="b"), Aggregate("sum", "c", whole=True), times=2)
    sql = fill("select /* columns */", {"columns": (Named(share, 'of "all"'), Column("a", "b"))})
    assert sql == (
        "select fsum(a) filter (b is not null) * 2::double / nullif(sum(c), 0)"
        ' as "of ""all""",\n    a as b'
    )


def test_what_is_kept_is_read_by_later_chains() -> None:
    engine: Engine = DuckDBEngine()
    kept = filled("calls/no_calls", columns=(Column("a", is_read=False),))
    engine.keep("kept", Chain((), kept))
    both = Union("joined_calls", (filled("calls/all_calls", table="kept"),) * 2)
    rows = engine.rows(Chain((both,), filled("calls/joined_calls", columns=(Column("a", "b"),))))
    assert (rows.columns, list(rows)) == (["b"], [])


def test_rows_are_reached_by_name() -> None:
    rows = Rows(["a", "b", "c"], [(1, 2, 3), (4, 5, 6)])
    assert [row["b"] for row in rows] == [2, 5]
    assert list(rows.each("c", "a")) == [(3, 1), (6, 4)]
    assert list(rows[1:].each("b")) == [(5,)]
    assert list(rows.each()) == [(), ()]
