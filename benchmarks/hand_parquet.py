"""The question about the flat log as somebody who knows DuckDB would write it, for this file alone."""

import json
import sys

import duckdb

USAGE = """
select
    epoch_us(time_bucket(interval 1 hour, started_at)) as bucket,
    model,
    count(*),
    sum(input_tokens),
    avg(input_tokens),
    min(input_tokens),
    max(input_tokens),
    quantile_cont(input_tokens, [0.5, 0.95, 0.99])
from read_parquet($path)
group by all
order by all
"""
CALLS = """
select
    epoch_us(time_bucket(interval 1 hour, started_at)) as bucket,
    count(*),
    sum(ms),
    avg(ms),
    min(ms),
    max(ms),
    quantile_cont(ms, [0.5, 0.95, 0.99])
from (
    select started_at, (epoch_us(ended_at) - epoch_us(started_at)) / 1000 as ms
    from read_parquet($path)
)
group by all
order by all
"""

connection = duckdb.connect()
answers = [connection.execute(sql, {"path": sys.argv[1]}).fetchall() for sql in (USAGE, CALLS)]
json.dump(answers, sys.stdout)
