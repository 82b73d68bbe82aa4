-- Lines that the engine refused and Python's json could read, of which each holds several calls: one row
-- each, `line` being the call.
-- params: $lines VARCHAR[] (JSON text), $places BIGINT[], $calls VARCHAR (JSON path of the calls in a line)
-- The first call of a line has the line's place; the others come after all that is in the file, so that
-- no two share one.
select
    /* columns */
from (
    select
        call as line,
        if(
            position = 1,
            place,
            place // 1099511627776 * 1099511627776 + 549755813888 + row_number() over ()
        ) as place
    from (
        select
            unnest(calls) as call,
            unnest(range(1, len(calls) + 1)) as position,
            place
        from (
            select json_extract(line, $calls) as calls, place
            from (select unnest($lines)::json as line, unnest($places) as place)
        )
    )
    where json_type(call) = 'OBJECT'
)
