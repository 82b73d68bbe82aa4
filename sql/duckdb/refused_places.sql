-- Which lines of one file, counted from 1, the engine found nothing in.
-- reads: source
select place
from (
    select
        blank,
        row_number() over () as place
    from source
)
where blank
order by place
