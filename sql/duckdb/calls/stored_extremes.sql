-- What stored columns can tell of odd calls, most of it from their statistics alone.
-- reads: calls
select
    count(*) as calls,
    count(*) - count(started_at) as undated,
    epoch_us(max(started_at)) as latest_us,
    /* deleted */ as deleted,
    /* large_totals */ as large_totals,
    least(/* minima */) as smallest_count
from calls
