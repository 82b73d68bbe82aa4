-- How many calls are priced though they started before the instant that is given for their model, provider
-- and price context.
-- reads: usage_values
-- params: $models, $providers, $contexts VARCHAR[], $before BIGINT[] (microseconds since 1970)
select count(*) as calls
from usage_values
join (
    select
        unnest($models::varchar[]) as model,
        unnest($providers::varchar[]) as provider,
        unnest($contexts::varchar[]) as price_context,
        unnest($before::bigint[]) as before_us
) as known
    on usage_values.model is not distinct from known.model
    and usage_values.provider is not distinct from known.provider
    and usage_values.price_context is not distinct from known.price_context
    and epoch_us(usage_values.started_at) < known.before_us
where total_cost is not null and usage_values.cache_hit is distinct from true
