-- What stored columns can tell of odd calls from their statistics alone.
-- reads: calls
select
    count(*) as calls,
    count(*) - count(started_at) as undated,
    epoch_us(max(started_at)) as latest_us,
    /* deleted */ as deleted,
    least(/* minima */) as smallest_count
from calls
