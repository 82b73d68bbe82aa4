-- The places, among the lines of one file, of those that the engine refused.
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
