-- The calls that JSON lines hold in three lists inside each other, one row each. A line in which the
-- engine found nothing stays one row.
-- `pair_keys` and `pair_values` are the keys and texts of the call's list of pairs, as lists.
select
    /* columns */
from (
    select
        call,
        list_transform(/* pairs */, lambda pair: pair.key) as pair_keys,
        list_transform(
            /* pairs */,
            lambda pair: coalesce(
                pair.value."intValue",
                pair.value."doubleValue",
                pair.value."stringValue"
            )
        ) as pair_values,
        file_index,
        blank,
        place
    from (
        select unnest(if(blank, [null], middle./* inner */)) as call, file_index, blank, place
        from (
            select unnest(if(blank, [null], outermost./* middle */)) as middle, file_index, blank, place
            from (
                select unnest(if(blank, [null], /* outermost */)) as outermost, file_index, blank, place
                from (
                    /* lines */
                )
            )
        )
    )
    where blank or call is not null
)
