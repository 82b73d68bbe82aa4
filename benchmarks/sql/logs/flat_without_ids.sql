-- The flat log without its ids.
-- params: $log
select * exclude (id)
from read_parquet($log)
