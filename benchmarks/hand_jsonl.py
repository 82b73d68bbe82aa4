"""The question about the Weave export as somebody who knows DuckDB would write it, for this file alone.

Usage is counted where nothing lies below: this log's upper calls repeat just that.
"""

import json
import sys

import duckdb

LOAD = """
create temp table calls as
select id, parent_id, started_at, ended_at, exception, summary
from read_json(
    $path,
    format = 'newline_delimited',
    columns = {
        id: 'VARCHAR',
        parent_id: 'VARCHAR',
        started_at: 'TIMESTAMPTZ',
        ended_at: 'TIMESTAMPTZ',
        exception: 'VARCHAR',
        summary: 'STRUCT(usage MAP(VARCHAR, STRUCT(
            prompt_tokens BIGINT,
            completion_tokens BIGINT,
            prompt_tokens_details STRUCT(cached_tokens BIGINT)
        )))'
    }
)
"""
USAGE = """
select
    epoch_us(time_bucket(interval 1 day, started_at)) as bucket,
    entry.key,
    count(*),
    sum(entry.value.prompt_tokens),
    sum(entry.value.completion_tokens),
    sum(entry.value.prompt_tokens_details.cached_tokens)
from (
    select started_at, unnest(map_entries(summary.usage)) as entry
    from calls
    anti join (select parent_id from calls) as above on above.parent_id = calls.id
)
group by all
order by all
"""
CALLS = """
select
    epoch_us(time_bucket(interval 1 day, started_at)) as bucket,
    count(*),
    count(exception),
    avg(ms),
    quantile_cont(ms, [0.5, 0.95])
from (
    select started_at, exception, (epoch_us(ended_at) - epoch_us(started_at)) / 1000 as ms
    from calls
)
group by all
order by all
"""

connection = duckdb.connect()
connection.execute("set timezone = 'UTC'")
connection.execute(LOAD, {"path": sys.argv[1]})
json.dump([connection.execute(sql).fetchall() for sql in (USAGE, CALLS)], sys.stdout)
