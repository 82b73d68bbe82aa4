create temp view calls as
select id, parent_id, started_at, ended_at, exception, map_entries(summary.usage) as entries
from read_parquet(getvariable('path'))
