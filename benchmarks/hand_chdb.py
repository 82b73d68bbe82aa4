"""The same two questions in embedded ClickHouse; nothing else here needs the package `chdb`."""

import json
import sys

import chdb

PARQUET = (
    """
    select
        toUnixTimestamp(toStartOfHour(started_at)) * 1000000 as bucket,
        model,
        count(),
        sum(input_tokens),
        avg(input_tokens),
        min(input_tokens),
        max(input_tokens),
        quantilesExactInclusive(0.5, 0.95, 0.99)(input_tokens)
    from file({path:String}, Parquet)
    group by bucket, model
    order by bucket, model
    """,
    """
    select
        toUnixTimestamp(toStartOfHour(started_at)) * 1000000 as bucket,
        count(),
        sum(ms),
        avg(ms),
        min(ms),
        max(ms),
        quantilesExactInclusive(0.5, 0.95, 0.99)(ms)
    from (
        select
            started_at,
            (toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at)) / 1000 as ms
        from file({path:String}, Parquet)
    )
    group by bucket
    order by bucket
    """,
)
LOAD = """
create table calls engine = Memory as
select *
from file(
    {path:String},
    JSONEachRow,
    'id String, parent_id Nullable(String), started_at DateTime64(6), ended_at DateTime64(6),
    exception Nullable(String), summary Tuple(usage Map(String, Tuple(
        prompt_tokens Int64,
        completion_tokens Int64,
        prompt_tokens_details Tuple(cached_tokens Int64)
    )))'
)
"""
JSONL = (
    """
    select
        toUnixTimestamp(toStartOfDay(started_at)) * 1000000 as bucket,
        entry.1 as model,
        count(),
        sum(entry.2.prompt_tokens),
        sum(entry.2.completion_tokens),
        sum(entry.2.prompt_tokens_details.cached_tokens)
    from (
        select started_at, arrayJoin(summary.usage) as entry
        from calls
        where id not in (select parent_id from calls where parent_id is not null)
    )
    group by bucket, model
    order by bucket, model
    """,
    """
    select
        toUnixTimestamp(toStartOfDay(started_at)) * 1000000 as bucket,
        count(),
        count(exception),
        avg(ms),
        quantilesExactInclusive(0.5, 0.95)(ms)
    from (
        select
            started_at,
            exception,
            (toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at)) / 1000 as ms
        from calls
    )
    group by bucket
    order by bucket
    """,
)
SETTINGS = """
    settings
        session_timezone = 'UTC',
        date_time_input_format = 'best_effort',
        input_format_skip_unknown_fields = 1,
        output_format_json_quote_64bit_integers = 0
"""

path = sys.argv[1]
connection = chdb.connect(":memory:")


def run(sql: str) -> str:
    """ClickHouse's answer as JSON text."""
    return str(connection.query(sql + SETTINGS, "JSONCompact", params={"path": path}))


if path.endswith(".jsonl"):
    run(LOAD)
questions = JSONL if path.endswith(".jsonl") else PARQUET
json.dump([json.loads(run(sql))["data"] for sql in questions], sys.stdout)
