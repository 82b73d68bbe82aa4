-- Lines that the engine refused and Python's json could read, each with the place it had in its log.
-- params: $lines VARCHAR[] (JSON text), $places BIGINT[]
select
    /* columns */
from (select unnest($lines)::json as line, unnest($places) as place)
