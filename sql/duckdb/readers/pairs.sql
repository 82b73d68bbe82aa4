-- Calls with what their raw columns take from the list `pairs`, each step in a select list of its own: a
-- macro repeats what it is given, so that it must be a column.
-- `pair_keys` has for each pair its key as a number, which is found faster, or null where it has no text.
select
    /* columns */
from (
    select
        *,
        /* pair_texts */
    from (
        select
            *,
            /* found_pairs */
        from (
            select
                *,
                list_transform(
                    pairs,
                    lambda pair: if(/* pair_text */ != '', hash(pair.key), null)
                ) as pair_keys
            from (
                /* calls */
            )
        )
    )
)
