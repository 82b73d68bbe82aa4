-- The calls that JSON lines hold in three lists inside each other, one row each. A line in which the
-- engine found nothing stays one row.
-- `pairs` is the call's list of pairs; `pair_keys` has for each of them its key as a number, which is
-- found faster, or null where the pair has no text.
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
                call,
                /* pairs */ as pairs,
                list_transform(
                    /* pairs */,
                    lambda pair: if(pair_text(pair) is null, null, hash(pair.key))
                ) as pair_keys,
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
    )
)
