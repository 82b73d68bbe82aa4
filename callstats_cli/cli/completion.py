"""Words that a shell offers to complete the values of flags."""

from __future__ import annotations


def usage_metrics(incomplete: str) -> list[str]:
    """`METRIC` or `METRIC:AGG,…` of `--usage`."""
    from callstats_cli.request.metrics import USAGE_METRICS

    return _metrics(incomplete, list(USAGE_METRICS))


def call_metrics(incomplete: str) -> list[str]:
    """`METRIC` or `METRIC:AGG,…` of `--calls`."""
    from callstats_cli.request.metrics import CALL_METRICS

    return _metrics(incomplete, list(CALL_METRICS))


def columns(incomplete: str) -> list[str]:
    """Columns of `--plot`."""
    from callstats_cli.answer.checks import column_names

    return _beginning(incomplete, column_names())


def _metrics(incomplete: str, names: list[str]) -> list[str]:
    from callstats_cli.request.metrics import AGGREGATIONS, ONE_NUMBER

    name, colon, wanted = incomplete.partition(":")
    if not colon:
        return _beginning(incomplete, names)
    if name not in names or name in ONE_NUMBER:
        return []
    before = wanted.rpartition(",")[0]
    head = f"{name}:{before}," if before else f"{name}:"
    return _beginning(incomplete, [head + word for word in (*AGGREGATIONS, "p50", "p95", "p99")])


def output_formats(incomplete: str) -> list[str]:
    """Names of `--format`."""
    from callstats_cli.cli.output import FORMATS

    return _beginning(incomplete, list(FORMATS))


def log_formats(incomplete: str) -> list[str]:
    """Names of `--log-format`."""
    from callstats_cli.formats.registry import FAMILIES

    return _beginning(incomplete, list(FAMILIES))


def zones(incomplete: str) -> list[str]:
    """Names of `--timezone`."""
    from importlib.resources import files

    known = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return _beginning(incomplete, ["local", *known])


def _beginning(incomplete: str, words: list[str]) -> list[str]:
    return [word for word in words if word.startswith(incomplete)]
