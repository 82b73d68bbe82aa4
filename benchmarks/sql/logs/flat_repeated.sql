-- The flat log, a tenth of its lines written twice.
-- params: $log
select * exclude (copies)
from (
    select
        *,
        unnest(if(hash(id) % 10 = 0, [1, 2], [1])) as copies
    from read_parquet($log)
)
