-- Lines that the engine refused and Python's json could read, of which each holds several calls: one row
-- each, `line` being the call.
-- params: $lines VARCHAR[] (JSON text), $places BIGINT[], $calls, $pairs VARCHAR (JSON paths of
--   the calls in a line, of the pairs in a call)
-- The first call of a line has the line's place; the others come after all that is in the file, so that
-- no two share one.
select
    /* columns */
from (
    select
        /* pair_texts */
    from (
        select
            /* found_pairs */
        from (
            select
                line,
                place,
                pairs,
                list_transform(
                    pairs,
                    lambda pair: if(pair_text(pair) is null, null, hash(pair.key))
                ) as pair_keys
            from (
                select
                    call as line,
                    if(
                        position = 1,
                        place,
                        place // 1099511627776 * 1099511627776 + 549755813888 + row_number() over ()
                    ) as place,
                    list_transform(
                        json_extract(call, $pairs),
                        lambda pair: {
                            key: pair ->> '$.key',
                            value: {
                                "stringValue": pair ->> '$.value.stringValue',
                                "intValue": pair ->> '$.value.intValue',
                                "doubleValue": pair ->> '$.value.doubleValue'
                            }
                        }
                    ) as pairs
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
        )
    )
)
