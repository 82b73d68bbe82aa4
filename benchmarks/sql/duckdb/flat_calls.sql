-- How the rows are grouped is written behind it.
select
    bucket,
    count(*),
    count(error),
    avg(us) / 1000,
    quantile_cont(us, [0.5, 0.95])
from (
    select
        epoch_us(started_at) // 86400000000 as bucket,
        error,
        (epoch_us(ended_at) - epoch_us(started_at))::integer as us
    from read_parquet(getvariable('path'))
)
