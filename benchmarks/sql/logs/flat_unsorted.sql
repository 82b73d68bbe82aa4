-- The flat log in no order.
-- params: $log
select *
from read_parquet($log)
order by hash(id)
