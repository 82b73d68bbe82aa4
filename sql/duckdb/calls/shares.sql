-- The values that most calls have, and how many different ones there are.
-- reads: calls_in_range
-- params: $most BIGINT
select
    value,
    count(*) as calls,
    count(*) over () as different
from (
    select coalesce(/* ops: op_base_name({}), *//* column */) as value
    from calls_in_range
    where entry <= 1
)
group by value
order by calls desc, value nulls last
limit $most
