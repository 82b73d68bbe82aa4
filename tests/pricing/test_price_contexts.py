"""What changes the price of a request: tiers, speeds, batches, audio, images, searches, gateways' caches
(spec 9)."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import duckdb
import pytest
from genai_prices import Usage, calc_price

from callstats_cli.chain.chain import Chain
from callstats_cli.chain.templates import template
from callstats_cli.engines.duckdb.dialect import statement_of
from callstats_cli.plan.costs import usage_values_steps
from callstats_cli.pricing.book import Pricing, Uses
from callstats_cli.pricing.contexts import chosen_variants, listed_context
from callstats_cli.pricing.extraction import cells_of
from callstats_cli.pricing.matching import find_entry
from callstats_cli.pricing.prices import DAY_US, LIST_NAME, PriceCell, PricedModel, Rates
from callstats_cli.request.request import CallStatsRequest, MetricRequest
from cells import cell_at
from log_files import call, write_lines

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from conftest import CommandLine

START = "2026-11-05T10:00:00Z"
TOTAL = ("-g", "total", "--usage", "total_cost")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNKNOWN = {"no": "price"}
"""A context that the list has no price for."""
CONTEXTS: dict[str, list[tuple[dict[str, Any], dict[str, str]]]] = {
    "gpt-5.4": [
        ({}, {}),
        ({"service_tier": None}, {}),
        ({"service_tier": "auto"}, {}),
        ({"service_tier": "default"}, {"service_tier": "default"}),
        ({"service_tier": "priority"}, {"service_tier": "priority"}),
        ({"service_tier": "FLEX"}, {"service_tier": "flex"}),
        ({"service_tier": "fast"}, {"service_tier": "fast"}),
        ({"service_tier": "Batch"}, {"processing": "batch"}),
        ({"service_tier": "scale"}, UNKNOWN),
    ],
    "claude-opus-5": [
        ({"service_tier": "standard", "inference_geo": "not_available"}, {}),
        ({"speed": "fast", "service_tier": "standard"}, {"speed": "fast"}),
        ({"speed": "standard", "service_tier": ["batch"]}, {"processing": "batch"}),
        ({"inference_geo": "us"}, UNKNOWN),
        ({"inference_geo": "global"}, {}),
    ],
    "claude-opus-4-6": [({"speed": "fast"}, UNKNOWN), ({"speed": "standard"}, {})],
    "gemini-3.6-flash": [({"service_tier": "batch"}, {"processing": "batch"}), ({}, {})],
    "gemini-2.5-flash": [({"service_tier": "on_demand"}, {}), ({"service_tier": "flex"}, UNKNOWN)],
    "gpt-realtime": [({}, {})],
    "gemini-3-pro-image-preview": [({}, {})],
    "text-embedding-3-small": [({"service_tier": "standard"}, {})],
}
"""Model → what a usage entry says of the request, and what the library must be asked with."""


def log_of(folder: Path, *usages: dict[str, Any], start: str = START) -> Path:
    """A log of one call per usage."""
    calls = [call(f"call-{n}", start, usage=usage) for n, usage in enumerate(usages)]
    return write_lines(folder / "log.jsonl", calls)


def numbers(costs: tuple[float | None, ...]) -> list[float]:
    """Costs for `pytest.approx`, which takes no None."""
    return [math.nan if cost is None else cost for cost in costs]


def random_usage(r: random.Random) -> tuple[dict[str, Any], dict[str, int]]:
    """A usage entry with tokens of audio and images and searches, and what the library is asked for it."""
    gross = r.choice([r.randrange(1, 5_000), r.randrange(271_990, 272_011)])
    read = r.choice([0, r.randrange(gross + 1)])
    audio = r.choice([0, r.randrange(gross + 1)])
    image = r.choice([0, r.randrange(gross - audio + 1)])
    output = r.choice([0, r.randrange(1, 2_000)])
    heard = r.choice([0, r.randrange(output + 1)])
    drawn = r.choice([0, r.randrange(output - heard + 1)])
    searches = r.choice([0, 0, r.randrange(1, 6)])
    entry = {
        "prompt_tokens": gross,
        "completion_tokens": output,
        "prompt_tokens_details": {"cached_tokens": read, "audio_tokens": audio, "image_tokens": image},
        "completion_tokens_details": {"audio_tokens": heard, "image_tokens": drawn},
        "server_tool_use": {"web_search_requests": searches},
    }
    # Of the cached tokens those are audio, then images, that do not fit into the rest of the input.
    cached_audio = max(0, audio - (gross - read))
    cached_image = max(0, image - (gross - read - (audio - cached_audio)))
    asked = {
        "input_tokens": gross,
        "cache_read_tokens": read,
        "input_audio_tokens": audio,
        "input_image_tokens": image,
        "cache_audio_read_tokens": cached_audio,
        "cache_image_read_tokens": cached_image,
        "output_tokens": output,
        "output_audio_tokens": heard,
        "output_image_tokens": drawn,
        "web_searches": searches,
    }
    return entry, asked


def asked_at(
    model: str, provider: str | None, context: Mapping[str, str], started: datetime
) -> datetime:
    """When the library must be asked: before the first date of a context's rates, on that day."""
    entry = find_entry(model, provider)
    assert entry is not None
    chosen = chosen_variants(entry.model, context)
    firsts = [
        min(getattr(variant.constraint, "start_date", EPOCH.date()) for variant in alike)
        for alike in ([v for v in chosen if v.when == variant.when] for variant in chosen)
    ]
    first = max(firsts, default=EPOCH.date())
    return max(started, datetime(first.year, first.month, first.day, tzinfo=UTC))


def cost_by_the_library(
    model: str, asked: dict[str, int], context: Mapping[str, str], started: datetime
) -> tuple[float | None, float | None, float | None]:
    """Input, output and total as genai-prices computes them; None where it has no price."""
    if context is UNKNOWN:
        return None, None, None
    provider = "openai" if model.startswith("text-embedding-") else None
    cost = calc_price(
        Usage(**asked),
        model,
        provider_id=provider,
        genai_request_timestamp=asked_at(model, provider, context, started),
        price_context=context,
    )
    priced = vars(cost.model_price)
    output = None if asked["output_tokens"] and "output_mtok" not in priced else cost.output_price
    unknown = output is None or (asked["web_searches"] and "web_searches_kcount" not in priced)
    return (
        float(cost.input_price),
        None if output is None else float(output),
        None if unknown else float(cost.total_price),
    )


@pytest.mark.parametrize("seed", range(4))
def test_every_call_costs_what_the_library_says(
    seed: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    r = random.Random(seed)
    edges = [datetime(2026, 10, day, tzinfo=UTC) for day in (11, 12, 13, 14)]
    edges += [datetime(2026, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
    days = {
        *edges,
        *(datetime(2026, 5, 1, tzinfo=UTC) + timedelta(r.randrange(270)) for _ in range(90)),
    }
    lines: list[dict[str, Any]] = []
    expected: dict[tuple[str, str], tuple[float | None, float | None, float | None]] = {}
    for day in sorted(days):
        for model in r.sample(sorted(CONTEXTS), 3):
            written, context = r.choice(CONTEXTS[model])
            entry, asked = random_usage(r)
            started = day + timedelta(microseconds=r.choice([0, DAY_US - 1, r.randrange(DAY_US)]))
            lines.append(call(f"{len(lines)}", started.isoformat(), usage={model: entry | written}))
            key = (day.strftime("%Y-%m-%dT00:00:00Z"), model)
            expected[key] = cost_by_the_library(model, asked, context, started)
    r.shuffle(lines)
    names = ("input_cost", "output_cost", "total_cost")
    words = [word for name in names for word in ("--usage", name)]
    done = run_cli.query(write_lines(tmp_path / "a.jsonl", lines), "-g", "1d", *words)
    rows = [row for row in done.usage if row["count"]]
    found = {
        (row["timestamp"], row["model"]): tuple(row[f"sum_{name}"] for name in names) for row in rows
    }
    assert found.keys() == expected.keys()
    for key, costs in expected.items():
        about = pytest.approx(numbers(costs), rel=1e-9, abs=0, nan_ok=True)
        assert numbers(found[key]) == about, key
    assert sum(None in costs for costs in expected.values()) > 20


@pytest.mark.parametrize(
    ("model", "provider", "context"),
    [
        ("gpt-5.4", "openai", {"service_tier": "priority"}),
        ("gpt-5.4", "openai", {"processing": "batch"}),
        ("gpt-6.1-terra", "openai", {"service_tier": "flex"}),
        ("gpt-5", "openai", {"service_tier": "default"}),
        ("claude-opus-5", "anthropic", {"speed": "fast"}),
        ("claude-opus-4-8", "anthropic", {"processing": "batch"}),
        ("gemini-3.6-flash", "google", {"processing": "batch"}),
        ("gemini-3.8-flash-tts", "google", {"service_tier": "flex"}),
        ("mistral-large-4", "mistral", {"processing": "batch"}),
        ("gpt-realtime", "openai", {}),
        ("gpt-image-1", "openai", {}),
        ("gemini-3-pro-image-preview", "google", {}),
        ("gemini-2.5-flash", "google", {"processing": "batch"}),
    ],
)
def test_cells_are_the_variants_and_units_of_the_list(
    model: str, provider: str, context: dict[str, str]
) -> None:
    entry = find_entry(model, provider)
    assert entry is not None
    cells = cells_of(entry.model, context)
    dates = [getattr(v.constraint, "start_date", None) for v in chosen_variants(entry.model, context)]
    starts = [
        (datetime(day.year, day.month, day.day, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
        for day in dates
        if day is not None
    ]
    sizes = {edge for cell in cells for edge in (cell.tokens_above, cell.tokens_up_to)}
    tiers = sorted(edge for edge in sizes if 0 < edge < 10_000_000)
    r = random.Random(model)
    for _ in range(120):
        started_us = r.choice([1_762_000_000_000_000 + r.randrange(600) * DAY_US, *starts])
        started_us += r.choice([-1, 0, 1])
        gross = r.choice(
            [6 + r.randrange(900_000), *(edge + more for edge in tiers for more in (0, 1))]
        )
        parts = {name: r.randrange(gross // 6 + 1) for name in Rates._fields}
        cell = cell_at(cells, started_us, gross)
        asked = {
            "input_tokens": gross,
            "cache_read_tokens": parts["cache_read"]
            + parts["cache_read_audio"]
            + parts["cache_read_image"],
            "cache_audio_read_tokens": parts["cache_read_audio"],
            "cache_image_read_tokens": parts["cache_read_image"],
            "input_audio_tokens": parts["input_audio"] + parts["cache_read_audio"],
            "input_image_tokens": parts["input_image"] + parts["cache_read_image"],
            "output_tokens": parts["output"] + parts["output_audio"] + parts["output_image"],
            "output_audio_tokens": parts["output_audio"],
            "output_image_tokens": parts["output_image"],
            "web_searches": parts["web_search"],
        }
        counts = parts | {"cache_write": 0, "cache_write_1h": 0, "request": 1}
        counts["input"] = gross - sum(
            count for name, count in counts.items() if name.startswith(("cache", "input_"))
        )
        expected = calc_price(
            Usage(**asked),
            model,
            provider_id=provider,
            genai_request_timestamp=asked_at(
                model, provider, context, EPOCH + timedelta(microseconds=started_us)
            ),
            price_context=context,
        )
        found = sum(counts[name] * (rate or 0) for name, rate in cell.rates._asdict().items())
        assert found == pytest.approx(float(expected.total_price), rel=1e-12, abs=0)


@pytest.mark.parametrize(
    ("model", "provider", "written", "context"),
    [
        ("claude-opus-4-8", None, "service_tier=standard&speed=fast", {"speed": "fast"}),
        ("claude-opus-4-8", None, "speed=FAST", {"speed": "fast"}),
        ("claude-opus-4-8", None, "service_tier=batch", {"processing": "batch"}),
        ("claude-opus-4-8", None, "processing=batch", {"processing": "batch"}),
        ("claude-opus-4-8", None, "service_tier=priority", None),
        ("claude-opus-4-8", None, "speed=fast&inference_geo=us", None),
        ("claude-opus-4-8", None, "speed=standard&inference_geo=global", {}),
        ("claude-opus-4-8", None, "standard", None),
        ("gpt-5", None, None, {}),
        ("gpt-5", None, "service_tier=default", {"service_tier": "default"}),
        ("gpt-5", None, "service_tier=standard", {}),
        ("openrouter/mistralai/mistral-large-4-0", None, "route=mistral/eu", {"route": "mistral/eu"}),
        # The list has no prices of its own for these: it takes OpenAI's, without their variants.
        ("gpt-5.1-codex-max", "azure", "service_tier=priority", None),
        ("gpt-5.1-codex-max", "azure", "service_tier=default", {}),
    ],
)
def test_contexts_as_the_list_spells_them(
    model: str, provider: str | None, written: str | None, context: dict[str, str] | None
) -> None:
    entry = find_entry(model, provider)
    assert entry is not None
    assert listed_context(entry, written) == context


def test_a_tier_without_a_price_is_said(run_cli: CommandLine, tmp_path: Path) -> None:
    counts = {"input_tokens": 1_000_000, "output_tokens": 0}
    log = log_of(
        tmp_path,
        {"claude-opus-4-6": counts},
        {"claude-opus-4-6": counts | {"speed": "fast"}},
        {"claude-opus-4-6": counts | {"inference_geo": "us"}},
        {"mystery": counts | {"speed": "fast"}},
    )
    done = run_cli("query", log, *TOTAL, "--usage", "total_cost:count", "--json", "--meta")
    rows = {row["model"]: (row["sum_total_cost"], row["count_total_cost"]) for row in done.usage}
    assert rows == {"claude-opus-4-6": (5.0, 1), "mystery": (None, 0)}
    assert [(item["model"], item["reason"], item["calls"]) for item in done.meta["unpriced"]] == [
        ("claude-opus-4-6", "no_price_for_tier", 2),
        ("mystery", "unknown_model", 1),
    ]
    assert done.stderr == (
        "callstats: 3 calls have no cost: 'claude-opus-4-6' (the price list has no price for its service "
        "tier, speed or geography), 'mystery' (the price list does not know the model)\n"
    )
    assert run_cli.query(log, *TOTAL, "--strict").code == 3


def test_calls_before_the_first_rates_of_a_tier_are_said(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"gpt-5.4": {"prompt_tokens": 100_000, "service_tier": "flex"}}
    standard = {"gpt-5.4": {"prompt_tokens": 100_000, "service_tier": "default"}}
    start = "2026-10-11T23:59:59.999999Z"
    done = run_cli.query(log_of(tmp_path, usage, standard, start=start), *TOTAL)
    assert done.usage[0]["sum_total_cost"] == pytest.approx(0.125 + 0.25, rel=1e-12)
    assert done.stderr == (
        "callstats: 1 call is older than the list's prices for the service tier: "
        "priced at the first of them\n"
    )
    done = run_cli.query(log_of(tmp_path, usage, start="2026-10-12T00:00:00Z"), *TOTAL)
    assert (done.usage[0]["sum_total_cost"], done.stderr) == (0.125, "")


# Audio, images, searches


@pytest.mark.parametrize(
    ("entry", "costs"),
    [
        ({"server_tool_use": {"web_search_requests": 3}}, (1.0, 0.0, 1.03)),
        ({"server_tool_use": {"web_search_requests": "three"}}, (1.0, 0.0, None)),
        ({"server_tool_use": {"web_search_requests": 0}}, (1.0, 0.0, 1.0)),
        # Without a price of their own audio and images are charged as text.
        ({"input_tokens_details": {"audio_tokens": 7}}, (1.0, 0.0, 1.0)),
        ({"input_tokens_details": {"image_tokens": 2_000_000}}, (1.0, 0.0, 1.0)),
        ({"input_tokens_details": {"audio_tokens": "many"}}, (None, 0.0, None)),
        ({"output_tokens_details": {"image_tokens": -1}}, (1.0, None, None)),
    ],
)
def test_what_is_counted_beside_tokens_of_text(
    entry: dict[str, Any],
    costs: tuple[float | None, ...],
    run_cli: CommandLine,
    tmp_path: Path,
) -> None:
    log = log_of(tmp_path, {"claude-haiku-4-5": {"input_tokens": 1_000_000, **entry}})
    words = ("--usage", "input_cost", "--usage", "output_cost", "--usage", "total_cost")
    (row,) = run_cli.query(log, "-g", "total", *words).usage
    found = (row["sum_input_cost"], row["sum_output_cost"], row["sum_total_cost"])
    assert numbers(found) == pytest.approx(numbers(costs), rel=1e-12, nan_ok=True)
    done = run_cli("query", log, "-g", "total", *words, "--json", "--meta")
    reasons = [item["reason"] for item in done.meta["unpriced"]]
    assert reasons == (["unreadable_counts"] if None in costs else [])


def test_searches_without_a_price_have_no_cost(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"prompt_tokens": 1_000_000, "server_tool_use": {"web_search_requests": 1}}
    log = log_of(tmp_path, {"gpt-4.1-nano": usage})
    done = run_cli("query", log, *TOTAL, "--usage", "input_cost", "--json", "--meta")
    (row,) = done.usage
    assert row["sum_total_cost"] is None
    assert row["sum_input_cost"] == pytest.approx(0.1, rel=1e-12)
    assert [item["reason"] for item in done.meta["unpriced"]] == ["no_price_for_unit"]


def test_a_file_has_prices_for_audio_images_and_searches(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        "[all]\ninput = 1\ninput_audio = 3\ninput_image = 5\noutput = 10\noutput_audio = 20\n"
        "output_image = 40\nweb_search_per_thousand = 500\n[text]\ninput = 1\noutput = 10\n"
    )
    entry = {
        "prompt_tokens": 1_000_000,
        "completion_tokens": 1_000_000,
        "prompt_tokens_details": {"audio_tokens": 200_000, "image_tokens": 100_000},
        "completion_tokens_details": {"audio_tokens": 300_000, "image_tokens": 100_000},
        "service_tier": "priority",
    }
    searches = {"server_tool_use": {"web_search_requests": 2}}
    log = log_of(tmp_path, {"all": entry | searches}, {"text": entry}, {"text": entry | searches})
    words = (*TOTAL, "--usage", "total_cost:count", "--prices", tmp_path / "p.toml")
    rows = {row["model"]: row for row in run_cli.query(log, *words).usage}
    # 0.7 x 1 + 0.2 x 3 + 0.1 x 5, 0.6 x 10 + 0.3 x 20 + 0.1 x 40 and two searches.
    assert rows["all"]["sum_total_cost"] == pytest.approx(1.8 + 16 + 1, rel=1e-12)
    assert rows["text"]["sum_total_cost"] == pytest.approx(11, rel=1e-12)
    assert rows["text"]["count_total_cost"] == 1


# No counts, and answers from a cache


@pytest.mark.parametrize(
    ("entry", "cost"),
    [
        ({}, None),
        ({"requests": 1}, None),
        ({"prompt_tokens": None, "total_tokens": ""}, None),
        ({"prompt_tokens": 0}, 0.0),
        ({"completion_tokens": 0}, 0.0),
        ({"total_tokens": 0}, 0.0),
    ],
)
def test_a_call_without_counts_has_no_cost(
    entry: dict[str, Any], cost: float | None, run_cli: CommandLine, tmp_path: Path
) -> None:
    done = run_cli("query", log_of(tmp_path, {"gpt-4o": entry}), *TOTAL, "--json", "--meta")
    assert done.usage[0]["sum_total_cost"] == cost
    reasons = [item["reason"] for item in done.meta["unpriced"]]
    assert reasons == (["no_counts"] if cost is None else [])


def priced(counts: dict[str, Any], pricing: Pricing) -> tuple[Any, ...]:
    """Costs of one call, and why it has none, as the steps of a question compute them."""
    from callstats_cli.engines.duckdb.types import type_name
    from callstats_cli.request.call_columns import COLUMNS

    columns = {**dict.fromkeys(COLUMNS), "bucket": 0, "entry": 1, "usable": True, **counts}
    types = {name: type_name(kind) for name, kind in COLUMNS.items()} | {"bucket": "BIGINT"}
    values = ", ".join(f"${name}::{types[name]} as {name}" for name in columns)
    request = CallStatsRequest(usage_metrics=(MetricRequest("total_cost"),))
    *before, usage_values = usage_values_steps(request, pricing)
    statement = statement_of(Chain(tuple(before), usage_values))
    connection = duckdb.connect()
    connection.execute(template("macros"))
    connection.execute(f"create temp table bucketed_calls as select {values}", columns)
    (row,) = connection.execute(
        f"select input_cost, output_cost, total_cost, why_unpriced from ({statement.sql})",
        dict(statement.parameters),
    ).fetchall()
    assert isinstance(row, tuple)
    return row


@pytest.mark.parametrize("model", ["m", "unknown", None])
@pytest.mark.parametrize("tokens", [1_000, -1, None])
def test_an_answer_from_a_gateways_cache_costs_nothing(model: str | None, tokens: int | None) -> None:
    cell = PriceCell(Rates(1.0, 1.0, 1.0, 1.0, 1.0, 1.0))
    pricing = Pricing(
        False, (PricedModel("m", None, cells=(cell,), source=LIST_NAME),), uses=Uses(cache_hits=True)
    )
    counts = {"model": model, "prompt_tokens": tokens, "started_at": START}
    assert priced(counts | {"cache_hit": True}, pricing)[:3] == (0.0, 0.0, 0.0)
    missed = priced(counts | {"cache_hit": False}, pricing)
    known = model == "m" and tokens == 1_000
    assert missed[:3] == ((1_000.0, 0.0, 1_001.0) if known else missed[:3])
    assert (missed[2] is None) == (not known)


# What a cost depends on


def test_a_cost_does_not_depend_on_other_models_or_metrics(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    r = random.Random(7)
    usages: dict[str, list[dict[str, Any]]] = {model: [] for model in ("gpt-4o", *CONTEXTS)}
    for model, entries in usages.items():
        for _ in range(25):
            entry, _ = random_usage(r)
            if model == "gpt-4o":  # an ordinary log, with a count that cannot be read
                entry = {"prompt_tokens": r.choice(["?", 0.1, 700]), "completion_tokens": r.random()}
            else:
                entry |= r.choice(CONTEXTS[model])[0]
            entries.append({model: entry})
    costs = [word for name in ("input_cost", "output_cost") for word in ("--usage", name)]
    words = (*TOTAL, "--usage", "total_cost:count", *costs)
    log = log_of(tmp_path, *(usage for entries in usages.values() for usage in entries))
    together = {row["model"]: row for row in run_cli.query(log, *words).usage}
    beside = ("--usage", "input_tokens:p50", "--usage", "cache_hit_rate", "--calls", "latency_ms")
    wider = {row["model"]: row for row in run_cli.query(log, *words, *beside).usage}
    assert together.keys() == usages.keys()
    for model, entries in usages.items():
        log = log_of(tmp_path, *entries)
        (alone,) = run_cli.query(log, *words).usage
        for name in ("total_cost", "input_cost", "output_cost"):
            (by_itself,) = run_cli.query(log, "-g", "total", "--usage", name).usage
            key = f"sum_{name}"
            assert together[model][key] == wider[model][key] == alone[key] == by_itself[key], model
        assert together[model]["count_total_cost"] == alone["count_total_cost"]


def test_an_unreadable_input_leaves_the_output_priced(run_cli: CommandLine, tmp_path: Path) -> None:
    entry = {"prompt_tokens": "x", "completion_tokens": 1_000_000}
    tiered = {"gpt-5.4": entry}
    log = log_of(tmp_path, {"gpt-4o": entry}, tiered)
    done = run_cli.query(
        log, "-g", "total", "--usage", "output_cost:sum,count", "--usage", "input_cost"
    )
    assert {
        row["model"]: (row["sum_output_cost"], row["count_output_cost"], row["sum_input_cost"])
        for row in done.usage
    } == {"gpt-4o": (10.0, 1, None), "gpt-5.4": (None, 0, None)}


def test_what_is_kept_tells_contexts_apart(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    counts = {"input_tokens": 1_000_000}
    for _ in range(2):
        for written, cost in (({}, 5.0), ({"speed": "fast"}, 10.0), ({"speed": "warp"}, None)):
            done = run_cli.query(log_of(tmp_path, {"claude-opus-5": counts | written}), *TOTAL)
            assert done.usage[0]["sum_total_cost"] == cost


# `callstats prices`


def test_prices_of_a_log_by_context(run_cli: CommandLine, tmp_path: Path) -> None:
    counts = {"input_tokens": 1}
    log = log_of(
        tmp_path,
        {"claude-opus-5": counts},
        {"claude-opus-5": counts | {"service_tier": "standard"}},
        {"claude-opus-5": counts | {"service_tier": "standard", "speed": "fast"}},
        {"claude-opus-4-6": counts | {"speed": "fast"}},
    )
    found = [
        (item["model"], item["price_context"], item["calls"], item["reason"])
        for item in json.loads(run_cli("prices", log, "--json").stdout)
    ]
    assert found == [
        ("claude-opus-4-6", "speed=fast", 1, "no_price_for_tier"),
        ("claude-opus-5", None, 2, None),
        ("claude-opus-5", "speed=fast", 1, None),
    ]
    lines = [line.split() for line in run_cli("prices", log).stdout.splitlines()]
    assert lines[0][:3] == ["model", "context", "calls"]
    assert lines[2][:4] == ["claude-opus-5", "·", "2", "anthropic:claude-opus-5"]
    assert lines[3][:4] == ["claude-opus-5", "speed=fast", "1", "anthropic:claude-opus-5"]
    assert "claude-opus-5: a web search $ 0.01".split() in lines


def test_how_a_call_of_many_kinds_was_priced(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text(
        "[m]\ninput = 1\ninput_audio = 3\noutput = 10\nweb_search_per_thousand = 10\n"
    )
    entry = {
        "prompt_tokens": 1_000,
        "completion_tokens": 10,
        "prompt_tokens_details": {"audio_tokens": 400},
        "server_tool_use": {"web_search_requests": 2},
        "speed": "Fast",
    }
    log = log_of(tmp_path, {"m": entry})
    done = run_cli("prices", log, "--call", "call-0", "--prices", tmp_path / "p.toml")
    assert done.stdout.splitlines() == [
        "call call-0 · m · 2026-11-05T10:00:00Z",
        "  price context    speed=fast",
        "  input as logged  1,000",
        "  includes cached  no tokens were cached",
        "  input            600 at $ 1 per million",
        "  cache read       0 at $ 1 per million",
        "  cache write      0 at $ 1 per million",
        "  cache write 1h   0 at $ 1 per million",
        "  output           10 at $ 10 per million",
        "  input audio      400 at $ 3 per million",
        "  web searches     2 at $ 0.01 each",
        f"  price            m (exact), {tmp_path / 'p.toml'}, always",
        "  tier             any size; one request of 1 has 1,000",
        "  input cost       $ 0.0018",
        "  output cost      $ 0.0001",
        "  total cost       $ 0.0219",
    ]
