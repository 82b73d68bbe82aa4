-- Lines that Python read in the engine's place, in the types in which the engine reads its own: what has
-- another type is null. Each has the place that its line has in its log.
-- params: $lines VARCHAR[] (JSON text), $places BIGINT[]
select
    /* columns */
from (
    select
        unnest(from_json(line, {/* declared */}::json)),
        0 as file_index,
        place as "place of line"
    from (select unnest($lines)::json as line, unnest($places) as place)
)
