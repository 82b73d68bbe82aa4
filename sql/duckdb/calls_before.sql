-- How many calls of some models are priced though they started before an instant.
-- reads: usage_values
-- params: $before BIGINT (microseconds since 1970), $models VARCHAR[]
select count(*)
from usage_values
where
    started_at < make_timestamptz($before)
    and list_contains($models, model)
    and total_cost is not null
