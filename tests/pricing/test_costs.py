"""What calls cost (spec 9): against the price list itself, and rule by rule."""

from __future__ import annotations

import json
import math
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from genai_prices import Usage, calc_price

from callstats_cli.pricing.extraction import cells_of
from callstats_cli.pricing.matching import find_entry
from callstats_cli.pricing.prices import DAY_US, OPEN_END
from cells import cell_at
from log_files import call, shared, write_lines

if TYPE_CHECKING:
    from decimal import Decimal

    from conftest import CommandLine

START = "2026-03-01T10:00:00Z"
TOTAL = ("-g", "total", "--usage", "total_cost")
MILLIONTH = 1e-6
PRICES = """
["m"]
input = 1
output = 10
cache_read = 0.1
cache_write = 2
cache_write_1h = 4

["us.anthropic.claude-x"]
input = 1
output = 10
cache_read = 0.1
"""


@pytest.fixture
def own_prices(tmp_path: Path) -> Path:
    """A file of prices with round numbers: a token is a millionth of a dollar, or ten, or a tenth."""
    path = tmp_path / "prices.toml"
    path.write_text(PRICES)
    return path


def log_of(folder: Path, *usages: dict[str, Any], start: str = START) -> Path:
    """A log of one call per usage."""
    calls = [call(f"call-{n}", start, usage=usage) for n, usage in enumerate(usages)]
    return write_lines(folder / "log.jsonl", calls)


# Against the list

MODELS = [
    "gpt-4o",
    "gpt-4o-mini-2024-07-18",
    "o3",
    "claude-sonnet-4-5-20250929",
    "gemini-2.5-pro",
    "grok-4",
    "deepseek-v4-flash",
    "text-embedding-3-small",
    "openai/gpt-4o",
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "no-such-model",
]


def random_usage(r: random.Random) -> tuple[dict[str, Any], dict[str, int] | None]:
    """A usage entry, and what the library must be asked for it, times `requests`."""
    requests = r.choice([1, 1, 1, 2, 3])
    # Near the tiers, too: of the models above they start at 200,000 tokens.
    gross = r.choice([r.randrange(1, 5_000), r.randrange(199_990, 200_011), 400_000])
    read, write = r.randrange(gross // 3 + 1), r.choice([0, 0, r.randrange(gross // 3 + 1)])
    long = r.randrange(write + 1)
    output = r.choice([0, r.randrange(2_000)])
    asked = {
        "input_tokens": gross,
        "cache_read_tokens": read,
        "cache_write_tokens": write,
        "cache_write_1h_tokens": long,
        "output_tokens": output,
        "requests": requests,
    }
    many = {name: count * requests for name, count in asked.items()}
    net = many["input_tokens"] - many["cache_read_tokens"] - many["cache_write_tokens"]
    style = r.choice(["openai", "anthropic", "gross", "total"])
    entry: dict[str, Any] = {"requests": requests} if requests > 1 else {}
    cached = {"cache_read_input_tokens": many["cache_read_tokens"]}
    if write:
        cached["cache_creation_input_tokens"] = many["cache_write_tokens"]
        entry["cache_creation"] = {"ephemeral_1h_input_tokens": many["cache_write_1h_tokens"]}
    if style == "openai":
        details = {"cached_tokens": many["cache_read_tokens"]}
        entry |= {"prompt_tokens": many["input_tokens"], "prompt_tokens_details": details, **cached}
        entry["completion_tokens"] = many["output_tokens"]
    elif style == "gross":
        entry |= {"gross_input_tokens": many["input_tokens"], "input_tokens": net, **cached}
        entry["output_tokens"] = many["output_tokens"]
    else:
        entry |= {"input_tokens": net, "output_tokens": many["output_tokens"], **cached}
        if style == "total":
            entry["total_tokens"] = many["input_tokens"] + many["output_tokens"]
    return entry, asked


def cost_by_the_library(
    model: str, asked: dict[str, int], started: datetime
) -> tuple[Decimal, Decimal, Decimal] | None:
    """Input, output and total as genai-prices computes them; None where it knows no price."""
    provider = "aws" if model.startswith("us.") else "litellm" if "/" in model else None
    if model.startswith("text-embedding-"):
        provider = "openai"
    counts = {name: count for name, count in asked.items() if name != "requests"}
    try:
        cost = calc_price(Usage(**counts), model, provider_id=provider, genai_request_timestamp=started)
    except LookupError:
        return None
    if asked["output_tokens"] and "output_mtok" not in vars(cost.model_price):
        return None
    n = asked["requests"]
    return cost.input_price * n, cost.output_price * n, cost.total_price * n


def percentile(values: list[float], percent: float) -> float:
    """Linear between the two nearest values."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * percent / 100
    low = math.floor(position)
    high = math.ceil(position)
    return ordered[low] + (ordered[high] - ordered[low]) * (position - low)


@pytest.mark.parametrize("seed", range(6))
def test_every_call_costs_what_the_library_says(
    seed: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    r = random.Random(seed)
    lines: list[dict[str, Any]] = []
    costs: dict[tuple[str, str], list[tuple[Decimal, ...] | None]] = {}
    for number in range(250):
        # A month in which o3 became cheaper, or one in which DeepSeek's prices changed twice.
        first = datetime(2025, 6, 1, tzinfo=UTC) if seed % 2 else datetime(2026, 8, 10, tzinfo=UTC)
        started = first + timedelta(microseconds=r.randrange(35 * 86_400_000_000))
        if r.random() < 0.2:
            started = started.replace(hour=r.choice([0, 1, 16]), minute=0, second=0, microsecond=0)
        model = r.choice(MODELS)
        entry, asked = random_usage(r)
        lines.append(call(f"{number}", started.isoformat(), usage={model: entry}))
        assert asked is not None
        day = started.strftime("%Y-%m-%dT00:00:00Z")
        costs.setdefault((day, model), []).append(cost_by_the_library(model, asked, started))
    log = write_lines(tmp_path / "a.jsonl", lines)
    every = "sum,avg,min,max,count,p50,p95"
    done = run_cli.query(
        log,
        *("-g", "1d", "--usage-scope", "recorded", "--usage", "input_cost"),
        *("--usage", "output_cost", "--usage", f"total_cost:{every}"),
    )
    rows = {(row["timestamp"], row["model"]): row for row in done.usage if row["count"]}
    assert rows.keys() == costs.keys()
    for key, of_calls in costs.items():
        known = [cost for cost in of_calls if cost is not None]
        row = rows[key]
        assert (row["count"], row["count_total_cost"]) == (len(of_calls), len(known)), key
        if not known:
            assert row["sum_total_cost"] is row["avg_total_cost"] is row["p50_total_cost"] is None
            continue
        totals = [float(total) for _, _, total in known]
        expected = {
            "sum_input_cost": float(sum(cost[0] for cost in known)),
            "sum_output_cost": float(sum(cost[1] for cost in known)),
            "sum_total_cost": float(sum(cost[2] for cost in known)),
            "avg_total_cost": float(sum(cost[2] for cost in known) / len(known)),
            "min_total_cost": min(totals),
            "max_total_cost": max(totals),
            "p50_total_cost": percentile(totals, 50),
            "p95_total_cost": percentile(totals, 95),
        }
        if "embedding" in key[1]:
            del expected["sum_input_cost"]  # known also where the output has no price
        found = {name: row[name] for name in expected}
        assert found == pytest.approx(expected, rel=1e-9, abs=0), key


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("gpt-4o", "openai"),
        ("o3", "openai"),
        ("deepseek-v4-flash", "deepseek"),
        ("deepseek-chat", "deepseek"),
        ("claude-sonnet-4-5", "anthropic"),
        ("gemini-2.5-pro", "google"),
        ("grok-4-fast", "x-ai"),
        ("sonar-pro", "perplexity"),
        ("openai/gpt-4o", "openrouter"),
    ],
)
def test_cells_are_the_list(model: str, provider: str) -> None:
    entry = find_entry(model, provider)
    assert entry is not None
    cells = cells_of(entry.model)
    r = random.Random(model)
    edges = {edge for cell in cells for edge in (cell.from_us, cell.until_us)} - {-OPEN_END, OPEN_END}
    days = {edge for cell in cells for edge in (cell.day_from_us, cell.day_until_us)}
    sizes = {cell.tokens_up_to for cell in cells} - {OPEN_END}
    first = 1_735_689_600_000_000
    for _ in range(200):
        day = r.choice([*edges, first + r.randrange(1_000) * DAY_US])
        started_us = day + r.choice([0, -1, 1, *(edge + r.choice([-1, 0]) for edge in days)])
        gross = max(3, r.choice([r.randrange(3, 600_000), *sizes, *(size + 1 for size in sizes)]))
        read, write = r.randrange(gross // 2), r.randrange(gross // 2)
        long, output = r.randrange(write + 1), r.randrange(5_000)
        cell = cell_at(cells, started_us, gross)
        expected = calc_price(
            Usage(
                input_tokens=gross,
                cache_read_tokens=read,
                cache_write_tokens=write,
                cache_write_1h_tokens=long,
                output_tokens=output,
            ),
            model,
            provider_id=provider,
            genai_request_timestamp=datetime(1970, 1, 1, tzinfo=UTC)
            + timedelta(microseconds=started_us),
        )
        rates = cell.rates
        assert None not in rates[:6]
        counts = (gross - read - write, read, write - long, long, output, 1)
        found = sum(count * (rate or 0) for count, rate in zip(counts, rates[:6], strict=True))
        assert found == pytest.approx(float(expected.total_price), rel=1e-12, abs=0)


# Which tokens are charged for, and as what

RULES = [
    # Without cached tokens there is nothing to tell apart.
    ({"input_tokens": 100, "output_tokens": 1}, 100, 0, 0, 0),
    # 1: the total says so.
    ({"prompt_tokens": 100, "cache_read_input_tokens": 50, "total_tokens": 150}, 100, 50, 0, 0),
    (
        {"gross_input_tokens": 100, "cache_creation_input_tokens": 50, "total_tokens": 150},
        *(100, 0, 50, 0),
    ),
    ({"prompt_tokens": 100, "cache_read_input_tokens": 50, "total_tokens": 100}, 50, 50, 0, 0),
    # 2: more was cached than was counted.
    ({"prompt_tokens": 20, "prompt_tokens_details": {"cached_tokens": 50}}, 20, 50, 0, 0),
    ({"prompt_tokens": 50, "prompt_tokens_details": {"cached_tokens": 50}}, 0, 50, 0, 0),
    # 3: the counts are said to include them.
    ({"gross_input_tokens": 100, "cache_read_input_tokens": 50}, 50, 50, 0, 0),
    ({"input_tokens": 100, "input_tokens_details": {"cached_tokens": 50}}, 50, 50, 0, 0),
    # 4: Anthropic's way of writing.
    ({"input_tokens": 100, "cache_read_input_tokens": 50}, 100, 50, 0, 0),
    ({"input_tokens": 100, "cache_creation_input_tokens": 50}, 100, 0, 50, 0),
    # 6: included.
    ({"prompt_tokens": 100, "cache_read_input_tokens": 50}, 50, 50, 0, 0),
    ({"prompt_tokens": 100, "input_tokens": 100, "cache_read_input_tokens": 50}, 50, 50, 0, 0),
    # Writes for an hour are a part of all writes, at most all.
    (
        {
            "input_tokens": 9,
            "cache_creation_input_tokens": 50,
            "cache_creation": {"ephemeral_1h_input_tokens": 30},
        },
        *(9, 0, 20, 30),
    ),
    (
        {
            "input_tokens": 9,
            "cache_creation_input_tokens": 50,
            "cache_creation": {"ephemeral_1h_input_tokens": 70},
        },
        *(9, 0, 0, 50),
    ),
]


@pytest.mark.parametrize(("entry", "uncached", "read", "write", "long"), RULES)
def test_no_token_is_charged_twice(
    entry: dict[str, Any],
    uncached: int,
    read: int,
    write: int,
    long: int,
    own_prices: Path,
    run_cli: CommandLine,
    tmp_path: Path,
) -> None:
    log = log_of(tmp_path, {"m": entry})
    words = ("--usage", "input_cost", "--usage", "output_cost", "--prices", own_prices)
    (row,) = run_cli.query(log, *TOTAL, *words).usage
    expected = (uncached + read * 0.1 + write * 2 + long * 4) * MILLIONTH
    output = entry.get("output_tokens", 0) * 10 * MILLIONTH
    assert row["sum_input_cost"] == pytest.approx(expected, rel=1e-12)
    assert row["sum_output_cost"] == pytest.approx(output, rel=1e-12)
    assert row["sum_total_cost"] == pytest.approx(expected + output, rel=1e-12)
    done = run_cli("prices", log, "--call", "call-0", "--prices", own_prices, "--json")
    (explained,) = json.loads(done.stdout)
    assert explained["priced_tokens"] == {
        "input": uncached,
        "cache_read": read,
        "cache_write": write,
        "cache_write_1h": long,
        "output": entry.get("output_tokens", 0),
    }
    assert explained["total_cost"] == pytest.approx(expected + output, rel=1e-12)


def test_a_bedrock_id_means_that_input_excludes_cached_tokens(
    own_prices: Path, run_cli: CommandLine, tmp_path: Path
) -> None:
    usage = {"prompt_tokens": 100, "cache_read_input_tokens": 50}
    log = log_of(tmp_path, {"us.anthropic.claude-x": usage})
    (row,) = run_cli.query(log, *TOTAL, "--prices", own_prices).usage
    assert row["sum_total_cost"] == pytest.approx(105 * MILLIONTH, rel=1e-12)


def test_a_tier_goes_by_one_request_of_a_roll_up(run_cli: CommandLine, tmp_path: Path) -> None:
    one = {"input_tokens": 150_000}
    many = {"input_tokens": 300_000, "requests": 2}
    log = log_of(
        tmp_path, *({"claude-sonnet-4-5": usage} for usage in (one, many, many | {"requests": 1}))
    )
    (row,) = run_cli.query(log, "-g", "total", "--usage", "total_cost:min,p50,max").usage
    assert row["min_total_cost"] == pytest.approx(0.45, rel=1e-12)
    assert row["p50_total_cost"] == pytest.approx(0.9, rel=1e-12)
    assert row["max_total_cost"] == pytest.approx(1.8, rel=1e-12)


def test_own_usage_is_what_is_priced(own_prices: Path, run_cli: CommandLine, tmp_path: Path) -> None:
    child = {"m": {"input_tokens": 100, "output_tokens": 10, "requests": 1}}
    parent = {"m": {"input_tokens": 300, "output_tokens": 30, "requests": 3}}
    calls = [
        call("parent", START, ended_at="2026-03-01T10:00:09Z", usage=parent),
        *(call(f"child-{n}", START, parent_id="parent", usage=child) for n in range(3)),
    ]
    log = write_lines(tmp_path / "a.jsonl", calls)
    words = (*TOTAL, "--usage", "total_cost:count", "--prices", own_prices)
    (row,) = run_cli.query(log, *words).usage
    assert row["sum_total_cost"] == pytest.approx(600 * MILLIONTH, rel=1e-12)
    assert row["count_total_cost"] == 3
    (row,) = run_cli.query(log, *words, "--usage-scope", "recorded").usage
    assert row["sum_total_cost"] == pytest.approx(1200 * MILLIONTH, rel=1e-12)


def test_a_cost_does_not_depend_on_what_else_is_asked(run_cli: CommandLine, tmp_path: Path) -> None:
    r = random.Random(5)
    usages = [{r.choice(MODELS[:5]): random_usage(r)[0]} for _ in range(200)]
    log = log_of(tmp_path, *usages)
    alone = run_cli.query(log, *TOTAL).usage
    others = [
        word for name in ("input_tokens", "cache_read_input_tokens") for word in ("--usage", name)
    ]
    beside = run_cli.query(log, *others, *TOTAL, "--calls", "latency_ms:p50").usage
    by_second = run_cli.query(log, "-g", "1", "--usage", "total_cost").usage
    costs = [row["sum_total_cost"] for row in alone]
    assert costs == [row["sum_total_cost"] for row in beside]
    assert costs == [row["sum_total_cost"] for row in by_second]
    assert len(costs) == 5


# What is not known


def test_a_call_without_a_price_has_no_cost(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(
        tmp_path,
        {"gpt-4o": {"prompt_tokens": 1_000_000}},
        {"mystery": {"input_tokens": 7, "output_tokens": 3}},
        {"mystery": {}},
        {"text-embedding-3-small": {"input_tokens": 5, "output_tokens": 1}},
        {"text-embedding-3-small": {"input_tokens": 1_000_000}},
        {"gpt-4o": {"prompt_tokens": "many"}},
    )
    done = run_cli("query", log, *TOTAL, "--usage", "total_cost:avg,count", "--json", "--meta")
    rows = {row.pop("model"): row for row in done.usage}
    assert {
        model: (row["sum_total_cost"], row["count_total_cost"], row["count"])
        for model, row in rows.items()
    } == {
        "gpt-4o": (2.5, 1, 2),
        "mystery": (None, 0, 2),
        "text-embedding-3-small": (0.02, 1, 2),
    }
    assert done.meta["unpriced"] == [
        {
            "model": "gpt-4o",
            "provider": None,
            "reason": "unreadable_counts",
            "calls": 1,
            "tokens": 0,
        },
        {"model": "mystery", "provider": None, "reason": "unknown_model", "calls": 2, "tokens": 10},
        {
            "model": "text-embedding-3-small",
            "provider": None,
            "reason": "no_price_for_unit",
            "calls": 1,
            "tokens": 6,
        },
    ]
    assert done.quality == {"unreadable_counts": 1, "unpriced": 4}
    assert done.stderr == (
        "callstats: 1 unreadable token count\n"
        "callstats: 4 calls have no cost: 'gpt-4o' (token counts could not be read), "
        "'mystery' (the price list does not know the model), "
        "'text-embedding-3-small' (there is no price for a kind of token that the call used)\n"
    )


def test_an_empty_bucket_costs_nothing_and_one_without_prices_is_null(
    run_cli: CommandLine, tmp_path: Path
) -> None:
    log = log_of(tmp_path, {"mystery": {"input_tokens": 7}})
    words = ("-s", "2026-03-01T09:00:00Z", "-u", "2026-03-01T11:00:00Z", "-g", "1h")
    rows = run_cli.query(log, *words, "--usage", "total_cost:sum,avg,count").usage
    assert [list(row.values())[2:] for row in rows] == [[0, None, 0, 0], [None, None, 0, 1]]


def test_the_table_marks_what_leaves_calls_out(
    own_prices: Path, run_cli: CommandLine, tmp_path: Path
) -> None:
    log = log_of(tmp_path, {"m": {"input_tokens": 1_000_000}}, {"mystery": {"input_tokens": 7}})
    done = run_cli("query", log, *TOTAL, "--prices", own_prices)
    assert done.stdout.splitlines()[1:] == [
        "bucket  model         calls  cost $",
        "total   m                 1    1.00",
        "total   mystery           1       ·",
        "total   (all models)      2   ≥1.00",
    ]


@pytest.mark.parametrize(
    ("model", "words", "code"),
    [
        ("gpt-4o", ["--strict-pricing"], 0),
        ("claude-sonnet-4-5-20250929", ["--strict-pricing"], 0),
        ("gemini-1.5-flash-8b", ["--strict-pricing"], 3),
        ("gemini-1.5-flash-8b", ["--strict"], 0),
        ("mystery", ["--strict-pricing"], 3),
        ("mystery", ["--strict"], 3),
        ("mystery", [], 0),
        ("mystery", ["--strict", "--strict-pricing", "--usage", "input_tokens"], 0),
    ],
)
def test_strictness(
    model: str, words: list[str], code: int, run_cli: CommandLine, tmp_path: Path
) -> None:
    done = run_cli.query(log_of(tmp_path, {model: {"input_tokens": 7}}), *words)
    assert (done.code, len(json.loads(done.stdout)["usage_buckets"])) == (code, 1)


def test_calls_before_the_price_history_are_said(run_cli: CommandLine, tmp_path: Path) -> None:
    usage = {"gpt-4o": {"prompt_tokens": 1_000_000}}
    done = run_cli.query(log_of(tmp_path, usage, start="2025-05-21T23:59:59Z"), *TOTAL)
    assert done.usage[0]["sum_total_cost"] == 2.5
    assert done.stderr == (
        "callstats: 1 call is older than the price list (2025-05-22): priced at its oldest prices\n"
    )
    done = run_cli.query(log_of(tmp_path, usage, start="2025-05-22T00:00:00Z"), *TOTAL)
    assert done.stderr == ""


# Names of models


@pytest.mark.parametrize(
    ("model", "provider", "matched", "how"),
    [
        ("gpt-4o", None, "openai:gpt-4o", "exact"),
        ("GPT-4O ", None, "openai:gpt-4o", "exact"),
        ("gpt-4o-2024-08-06", None, "openai:gpt-4o", "exact"),
        ("claude-sonnet-4-5-20250929", None, "anthropic:claude-sonnet-4-5", "version"),
        ("claude-sonnet-4-5@20250929", None, "anthropic:claude-sonnet-4-5", "version"),
        ("azure/gpt-4o", None, "azure:gpt-4o", "exact"),
        ("gpt-4o", "azure.ai.openai", "azure:gpt-4o", "exact"),
        ("gemini-2.5-pro", "vertex_ai", "google:gemini-2.5-pro", "exact"),
        ("models/gemini-2.5-pro", None, "google:gemini-2.5-pro", "exact"),
        ("publishers/google/models/gemini-2.5-pro", None, "google:gemini-2.5-pro", "exact"),
        (
            "projects/p/locations/europe-central2/publishers/google/models/gemini-2.5-flash",
            None,
            "google:gemini-2.5-flash",
            "exact",
        ),
        ("openrouter/openai/gpt-4o", None, "openrouter:openai/gpt-4o", "exact"),
        ("text-embedding-3-small", None, "openai:text-embedding-3-small", "exact"),
        (
            "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
            None,
            "aws:regional.anthropic.claude-sonnet-4-5-20250929-v1:0",
            "version",
        ),
        ("gemini-1.5-flash-8b", None, "google:gemini-1.5-flash", "pattern"),
        ("claude-opus-4.8-fast", None, "anthropic:claude-opus-4-8", "pattern"),
    ],
)
def test_names_that_are_matched(model: str, provider: str | None, matched: str, how: str) -> None:
    entry = find_entry(model, provider)
    assert entry is not None
    assert (entry.name, entry.match) == (matched, how)


@pytest.mark.parametrize(
    "model",
    [
        "",
        " ",
        "gpt-99",
        "claude-99",
        "my-proxy/gpt-4o",
        "my-gpt-4-deployment",
        "<synthetic>",
        "unknown",
    ],
)
def test_names_that_are_not(model: str) -> None:
    assert find_entry(model, None) is None


# Prices of one's own


def test_a_file_stands_before_the_list_from_its_date_on(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "prices.json").write_text(
        json.dumps(
            {
                "gpt-4o": [
                    {"effective_from": "2026-03-02", "input": 0, "output": 0},
                    {"effective_from": "2026-03-03", "input": 7, "output": 0},
                ],
                "mine": {"effective_from": "2026-03-02", "input": 1},
            }
        )
    )
    usage = {"gpt-4o": {"prompt_tokens": 1_000_000}, "mine": {"prompt_tokens": 1_000_000}}
    starts = ("2026-03-01T23:59:59.999999Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z")
    calls = [call(start, start, usage=usage) for start in starts]
    log = write_lines(tmp_path / "a.jsonl", calls)
    words = ("-g", "1d", "--usage", "total_cost", "--prices", tmp_path / "prices.json")
    done = run_cli("query", log, *words, "--json", "--meta")
    costs = {(row["timestamp"][:10], row["model"]): row["sum_total_cost"] for row in done.usage}
    assert costs == {
        ("2026-03-01", "gpt-4o"): 2.5,
        ("2026-03-02", "gpt-4o"): 0.0,
        ("2026-03-03", "gpt-4o"): 7.0,
        ("2026-03-01", "mine"): None,
        ("2026-03-02", "mine"): 1.0,
        ("2026-03-03", "mine"): 1.0,
    }
    assert [(item["model"], item["reason"]) for item in done.meta["unpriced"]] == [
        ("mine", "no_price_yet")
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('["m"]\ninput = -1', "'m': input is no price: -1; dollars per million tokens, 0 or more"),
        ('["m"]\ninput = "1"', "'m': input is no price: '1'; dollars"),
        ('["m"]\ninput = true', "'m': input is no price: True; dollars"),
        ('["m"]\ninput = nan', "'m': input is no price: nan; dollars"),
        ('["m"]\ninputs = 1', "'m': unknown key 'inputs'; did you mean 'input'?"),
        ('["m"]\neffective_from = 2026-01-01', "'m' has no price; such as input = 2.5; 0 is free"),
        ('["m"]\ninput = 1\neffective_from = "soon"', "'m': effective_from is no date: 'soon'"),
        ('{"m": 5}', "'m' is no table of prices; such as input = 2.5"),
        ('{"m": []}', "'m' is no table of prices"),
        ('{"m": [{"input": 1}, {"input": 2}]}', "'m' has two prices from the same day"),
        ("{", "is neither JSON nor TOML"),
        ("m = ", "is neither JSON nor TOML"),
    ],
)
def test_a_file_of_prices_that_is_wrong(
    text: str, message: str, run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("p.toml").write_text(text)
    log = log_of(tmp_path, {"m": {"input_tokens": 1}})
    said = run_cli("query", log, "--prices", "p.toml").error(2)
    assert said.removeprefix("--prices 'p.toml'").lstrip(": ").startswith(message), said


def test_a_file_of_prices_that_is_missing(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, {"m": {"input_tokens": 1}})
    said = run_cli("query", log, "--prices", "no-such-file").error(2)
    assert said == "cannot read the prices 'no-such-file': No such file or directory"


def test_a_price_that_a_file_leaves_out(run_cli: CommandLine, tmp_path: Path) -> None:
    (tmp_path / "p.toml").write_text("[m]\ninput = 1\n[n]\noutput = 1\n[free]\ninput = 0\noutput = 0\n")
    million = {"input_tokens": 1_000_000, "cache_read_input_tokens": 1_000_000}
    log = log_of(tmp_path, {"m": million, "n": million, "free": million | {"output_tokens": 5}})
    rows = run_cli.query(log, *TOTAL, "--prices", tmp_path / "p.toml").usage
    assert {row["model"]: row["sum_total_cost"] for row in rows} == {"free": 0.0, "m": 2.0, "n": None}


# Recorded costs


def test_recorded_costs_are_taken_as_they_are(run_cli: CommandLine, tmp_path: Path) -> None:
    lines = [
        {"ts": START, "model": "m", "input_tokens": 1, "cost": 0.25},
        {"ts": START, "model": "m", "input_tokens": 1, "cost": "0.5"},
        {"ts": START, "model": "m", "input_tokens": 1, "input_cost": 1, "output_cost": 2},
        {"ts": START, "model": "m", "input_tokens": 1},
        {"ts": START, "model": "m", "input_tokens": 1, "cost": -3},
    ]
    log = write_lines(tmp_path / "a.jsonl", lines)
    words = (*TOTAL, "--usage", "total_cost:count", "--usage", "input_cost", "--prices", "recorded")
    done = run_cli("query", log, *words, "--json", "--meta")
    (row,) = done.usage
    assert (row["sum_total_cost"], row["count_total_cost"], row["sum_input_cost"]) == (3.75, 3, 1.0)
    assert done.meta["price_source"] == "recorded"
    assert [tuple(item.values()) for item in done.meta["unpriced"]] == [
        ("m", None, "no_recorded_cost", 4, 4)
    ]
    assert done.quality["unreadable_counts"] == 1


def test_what_weave_recorded(run_cli: CommandLine) -> None:
    """Weave charges cached input in full (8 of 22 tokens at $ 0.15 instead of 0.075 per million), has
    no price for claude-sonnet-4-5, and repeats costs in parents as it does tokens."""
    log = shared("data/weave_generated/calls_stream_query.jsonl")
    recorded = {
        row["model"]: row["sum_total_cost"]
        for row in run_cli.query(log, *TOTAL, "--prices", "recorded").usage
    }
    priced = {row["model"]: row["sum_total_cost"] for row in run_cli.query(log, *TOTAL).usage}
    assert recorded["gpt-4o-mini-2024-07-18"] == pytest.approx((22 * 0.15 + 14 * 0.6) * MILLIONTH)
    assert priced["gpt-4o-mini-2024-07-18"] == pytest.approx(
        (14 * 0.15 + 8 * 0.075 + 14 * 0.6) * MILLIONTH
    )
    assert recorded["claude-sonnet-4-5"] is None
    assert priced["claude-sonnet-4-5"] == pytest.approx((20 * 3 + 100 * 0.3 + 5 * 15) * MILLIONTH)


# `callstats prices`


def test_prices_of_models(run_cli: CommandLine) -> None:
    done = run_cli("prices", "gpt-4o", "gemini-1.5-flash-8b", "mystery")
    lines = [line.split() for line in done.stdout.splitlines()[:5]]
    assert lines[0][:4] == ["model", "matched", "how", "when"]
    assert lines[1] == "gpt-4o openai:gpt-4o exact always any size 2.5 1.25 2.5 2.5 10 0".split()
    assert lines[2][:5] == "gemini-1.5-flash-8b google:gemini-1.5-flash pattern always up".split()
    assert lines[4][:3] == ["mystery", "·", "·"]
    assert "the price list does not know the model" in done.stdout.splitlines()[4]


def test_prices_of_a_log_are_those_of_its_range(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, {"o3": {"input_tokens": 1}}, {"mystery": {}}, start="2025-06-09T00:00:00Z")
    done = run_cli("prices", log, "--json")
    found = [
        (item["model"], item["calls"], item["matched"], [price["input"] for price in item["prices"]])
        for item in json.loads(done.stdout)
    ]
    assert found == [("mystery", 1, None, []), ("o3", 1, "openai:o3", [10.0])]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["gpt-4o", "no-such.jsonl"],
            2,
            "'gpt-4o' is no file; ask for models or for logs, not for both",
        ),
        (["no-such.jsonl"], 1, "no such file or folder: 'no-such.jsonl'"),
        (["gpt-4o", "--call", "x"], 2, "--call needs a source that holds the call"),
        (
            ["gpt-4o", "--prices", "recorded"],
            2,
            "--prices recorded: costs that a log recorded are no prices",
        ),
    ],
)
def test_prices_that_are_asked_wrongly(
    words: list[str], code: int, message: str, run_cli: CommandLine
) -> None:
    assert run_cli("prices", *words).error(code).startswith(message)


def test_a_call_that_is_not_there(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, {"m": {}})
    assert (
        run_cli("prices", log, "--call", "nope").error(1) == "no call 'nope' with usage in the source"
    )


def test_how_a_call_was_priced(own_prices: Path, run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, {"m": {"input_tokens": 1_000, "cache_read_input_tokens": 2_000}})
    done = run_cli("prices", log, "--call", "call-0", "--prices", own_prices)
    assert done.stdout.splitlines() == [
        "call call-0 · m · 2026-03-01T10:00:00Z",
        "  input as logged  1,000",
        "  includes cached  no: the count is smaller than the cached tokens",
        "  input            1,000 at $ 1 per million",
        "  cache read       2,000 at $ 0.1 per million",
        "  cache write      0 at $ 2 per million",
        "  cache write 1h   0 at $ 4 per million",
        "  output           0 at $ 10 per million",
        f"  price            m (exact), {own_prices}, always",
        "  tier             any size; one request of 1 has 3,000",
        "  input cost       $ 0.0012",
        "  output cost      $ 0",
        "  total cost       $ 0.0012",
    ]


# What is kept between runs


def test_a_broken_or_forbidden_cache_is_no_error(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = log_of(tmp_path, {"gpt-4o": {"prompt_tokens": 1_000_000}})
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert run_cli.query(log, *TOTAL).usage[0]["sum_total_cost"] == 2.5
    (kept,) = (tmp_path / "cache/callstats").iterdir()
    assert "gpt-4o" not in kept.read_text().split('"matched"')[0].split("openai")[0]
    for content in ("", "[]", "{}", '{"models": 5}', '{"models": {}, "history_start_us": "x"}'):
        kept.write_text(content)
        assert run_cli.query(log, *TOTAL).usage[0]["sum_total_cost"] == 2.5, content
    monkeypatch.setenv("XDG_CACHE_HOME", str(log))
    assert run_cli.query(log, *TOTAL).usage[0]["sum_total_cost"] == 2.5


def test_the_price_list_is_loaded_only_where_it_is_needed(run_cli: CommandLine, tmp_path: Path) -> None:
    log = log_of(tmp_path, {"gpt-4o": {"prompt_tokens": 1}})
    script = (
        "import sys; from callstats_cli.cli import run; code = run(sys.argv[1:]); "
        "sys.exit(code or 10 * ('genai_prices' in sys.modules))"
    )
    import subprocess
    import sys

    def loads(*words: str) -> bool:
        done = subprocess.run(
            [sys.executable, "-c", script, "query", str(log), "--json", *words],
            capture_output=True,
            check=False,
        )
        assert done.returncode in (0, 10), done.stderr
        return done.returncode == 10

    run_cli.query(log, *TOTAL)
    assert [loads("--usage", "input_tokens"), loads(), loads("--prices", "recorded")] == [False] * 3


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("gpt5", "gpt-5"),
        ("GPT 4o", "gpt-4o"),
        ("claude-sonnet45", "claude-sonnet-4-5"),
        ("gemini2.5flash", "gemini-2.5-flash"),
    ],
)
@pytest.mark.parametrize("words", [[], ["--json"]])
def test_a_model_that_is_nearly_right(
    name: str, meant: str, words: list[str], run_cli: CommandLine
) -> None:
    done = run_cli("prices", name, *words)
    assert (done.code, done.stdout) == (1, "")
    assert f"the price list does not know the model {name!r}" in done.stderr
    assert f"did you mean {meant!r}?" in done.stderr


def test_models_of_ones_own_prices_are_meant_too(run_cli: CommandLine, own_prices: Path) -> None:
    model = "my-very-own-model"
    own_prices.write_text(f"[{model}]\ninput = 1\noutput = 2\n")
    assert run_cli("prices", "my-very-own-modl", "--prices", own_prices).error(1) == (
        f"the price list does not know the model 'my-very-own-modl'; did you mean {model!r}?"
    )
    done = run_cli("prices", "gpt-4o", "nonsense-1", "--prices", own_prices)
    assert (done.code, "gpt-4o" in done.stdout) == (1, True)
    assert done.stderr == "callstats: error: the price list does not know the model 'nonsense-1'\n"


# What is kept of the price list between runs


def damages(content: bytes) -> dict[str, bytes]:
    """Ways in which what was kept may come to harm."""
    kept = json.loads(content)
    (digest,) = kept["models"]
    cells, *others = kept["models"][digest]

    def with_cells(changed: object) -> bytes:
        return json.dumps(kept | {"models": {digest: [changed, *others]}}).encode()

    return {
        "empty": b"",
        "cut": content[: len(content) // 2],
        "not UTF-8": b"\xff" + content,
        "a list": b"[1, 2]",
        "a number": b"5",
        "deep": b"[" * 100_000,
        "no models": json.dumps(kept | {"models": [1]}).encode(),
        "no start": json.dumps({"models": kept["models"]}).encode(),
        "an endless start": content.replace(str(kept["history_start_us"]).encode(), b"1e999"),
        "an entry that is text": json.dumps(kept | {"models": {digest: "x"}}).encode(),
        "no cells": with_cells(None),
        "rates that are text": with_cells([[["1"] * len(cells[0][0]), *cells[0][1:]]]),
        "a negative rate": with_cells([[[-1.0, *cells[0][0][1:]], *cells[0][1:]]]),
        "NaN": with_cells([[[math.nan, *cells[0][0][1:]], *cells[0][1:]]]),
        "another rate": with_cells([[[1.0, *cells[0][0][1:]], *cells[0][1:]]]),
        "a huge bound": with_cells([[cells[0][0], 10**40, *cells[0][2:]]]),
    }


def test_a_damaged_cache_is_ignored_and_mended(
    run_cli: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    log = log_of(tmp_path, {"gpt-4o": {"prompt_tokens": 1000}})
    first = run_cli.query(log, *TOTAL)
    assert first.usage[0]["sum_total_cost"] == pytest.approx(0.0025)
    (path,) = (tmp_path / "cache/callstats").iterdir()
    content = path.read_bytes()
    for damage, harmed in damages(content).items():
        path.write_bytes(harmed)
        done = run_cli.query(log, *TOTAL)
        assert (damage, done.stdout, done.stderr) == (damage, first.stdout, "")
        assert path.read_bytes() == content, damage
    assert [found.name for found in path.parent.iterdir()] == [path.name]
