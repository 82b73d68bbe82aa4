"""Writes the logs that are measured: the same rows every time, made by DuckDB.

`flat…parquet` is a log of one's own, one column per count, sorted by start. `weave…jsonl` is a Weave
export: long prompts, and questions to an agent that are trees of four calls: the agent, its step,
two calls of models. As Weave's client does it, the upper two repeat the usage of the lower two.
`empty.parquet` has the flat log's columns and no row; `weave10.jsonl` has ten calls.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parent / "data"
START_US = 1_767_225_600_000_000  # 2026-01-01
FLAT_SPACING_US = 250_000  # ten million calls are a month
WEAVE_SPACING_US = 5_000_000  # half a million are

MACROS = """
create macro draw(seed, number, below) as (hash(number * 16 + seed) % below)::bigint;
create macro start_of(number, spacing) as make_timestamptz($start + number * spacing + 123);
create macro model_of(number) as
    ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro'][draw(1, number, 4) + 1];
create macro input_of(number) as draw(2, number, 5000);
create macro output_of(number) as draw(3, number, 900);
create macro cached_of(number) as draw(4, number, 2) * draw(5, number, input_of(number) + 1);
create macro entry(requests, input, output, cached) as {
    requests: requests,
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {cached_tokens: cached}
};
create macro entry_of(number) as
    entry(1, input_of(number), output_of(number), cached_of(number));
create macro usage_of_both(one, two) as
    case
        when model_of(one) = model_of(two)
            then map {
                model_of(one): entry(
                    2,
                    input_of(one) + input_of(two),
                    output_of(one) + output_of(two),
                    cached_of(one) + cached_of(two)
                )
            }
        else map {model_of(one): entry_of(one), model_of(two): entry_of(two)}
    end;
"""

FLAT = """
copy (
    select
        'call-' || number as id,
        'acme/bot' as project_id,
        start_of(number, $spacing) as started_at,
        start_of(number, $spacing) + to_milliseconds(200 + draw(6, number, 30000)) as ended_at,
        model_of(number) as model,
        input_of(number) as input_tokens,
        output_of(number) as output_tokens,
        if(draw(7, number, 50) = 0, 'rate limited', null) as error
    from range($calls) as calls(number)
) to $path (format parquet)
"""

WEAVE = """
copy (
    select
        'call-' || number as id,
        'acme/bot' as project_id,
        'weave:///acme/bot/op/' || ['agent', 'step', 'chat', 'chat'][position + 1] || ':x' as op_name,
        'trace-' || root as trace_id,
        case position when 0 then null when 1 then 'call-' || root else 'call-' || (root + 1) end
            as parent_id,
        strftime(start_of(number, $spacing), '%Y-%m-%dT%H:%M:%S.%fZ') as started_at,
        strftime(
            if(
                position < 2,
                start_of(root + 3, $spacing) + to_milliseconds(31000 - position),
                start_of(number, $spacing) + to_milliseconds(200 + draw(6, number, 30000))
            ),
            '%Y-%m-%dT%H:%M:%S.%fZ'
        ) as ended_at,
        if(draw(7, number, 50) = 0, 'RateLimitError: 429', null) as exception,
        {messages: [{role: 'user', content: repeat('lorem "ipsum" dolor sit amet ', 40)}]} as inputs,
        {content: repeat('consectetur adipiscing elit ', 30)} as output,
        {
            usage: if(
                position < 2,
                usage_of_both(root + 2, root + 3),
                map {model_of(number): entry_of(number)}
            ),
            weave: {status: 'success', trace_name: 'chat', latency_ms: 12}
        } as summary,
        'user-' || draw(8, root, 200) as wb_user_id,
        null as wb_run_id,
        null as deleted_at
    from (
        select number, number % 4 as position, number - number % 4 as root
        from range($lines) as calls(number)
    )
) to $path (format json)
"""


class Data(NamedTuple):
    """The files that are measured."""

    flat: Path
    empty: Path
    weave: Path
    ten: Path


def data_in(folder: Path, calls: int, lines: int) -> Data:
    """Where the files are: a flat log of `calls`, a Weave export of `lines`."""
    return Data(
        flat=folder / f"flat{short(calls)}.parquet",
        empty=folder / "empty.parquet",
        weave=folder / f"weave{short(lines)}.jsonl",
        ten=folder / "weave10.jsonl",
    )


def generate(folder: Path, calls: int, lines: int) -> Data:
    """Writes those of the files that are not there yet."""
    folder.mkdir(parents=True, exist_ok=True)
    data = data_in(folder, calls, lines)
    _write(FLAT, data.flat, calls=calls, spacing=FLAT_SPACING_US)
    _write(FLAT, data.empty, calls=0, spacing=FLAT_SPACING_US)
    _write(WEAVE, data.weave, lines=lines, spacing=WEAVE_SPACING_US)
    _write(WEAVE, data.ten, lines=10, spacing=WEAVE_SPACING_US)
    return data


def short(number: int) -> str:
    """A number as file names have it: 10m, 500k, 10."""
    for size, letter in ((1_000_000, "m"), (1_000, "k")):
        if number and number % size == 0:
            return f"{number // size}{letter}"
    return str(number)


def _write(statement: str, path: Path, **parameters: int) -> None:
    if path.exists():
        return
    import duckdb

    unfinished = path.with_name(f"{path.name}.unfinished")
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        connection.execute(MACROS.replace("$start", str(START_US)))
        connection.execute(statement, {**parameters, "path": str(unfinished)})
    unfinished.rename(path)


def with_sizes(parser: argparse.ArgumentParser) -> argparse.ArgumentParser:
    """The same parser with the options that say how much is generated, and where."""
    parser.add_argument("--calls", type=int, default=10_000_000, help="calls of the flat log")
    parser.add_argument("--lines", type=int, default=500_000, help="lines of the Weave export")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the logs are")
    return parser


def main() -> None:
    """Writes the logs and says where they are."""
    sizes = with_sizes(argparse.ArgumentParser(description=__doc__)).parse_args()
    for path in generate(sizes.folder, sizes.calls, sizes.lines):
        print(f"{path}  {path.stat().st_size:,} bytes")  # noqa: T201 - a script's output


if __name__ == "__main__":
    main()
