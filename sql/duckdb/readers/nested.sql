-- The calls that JSON lines hold in three lists inside each other, one row each. A line in which the
-- engine found nothing stays one row.
select
    /* columns */
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
