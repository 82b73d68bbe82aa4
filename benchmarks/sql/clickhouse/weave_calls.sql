-- How the rows are grouped is written behind it.
select
    bucket,
    count(),
    count(exception),
    avg(us) / 1000,
    quantilesExactInclusive(0.5, 0.95)(us)
from (
    select
        intDiv(toUnixTimestamp64Micro(started_at), 86400000000) as bucket,
        exception,
        toUnixTimestamp64Micro(ended_at) - toUnixTimestamp64Micro(started_at) as us
    from calls
)
