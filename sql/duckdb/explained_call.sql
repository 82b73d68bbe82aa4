-- How one call was priced: counts, rule, the cell of prices that applied, costs.
-- reads: usage_values
-- params: $call_id VARCHAR
select
    model,
    provider,
    epoch_us(started_at) as started_us,
    input_tokens,
    output_tokens,
    cache_rule,
    uncached_input_tokens,
    cache_read_input_tokens as cache_read_tokens,
    cache_written_5m as cache_write_5m_tokens,
    cache_written_1h as cache_write_1h_tokens,
    requests,
    request_tokens,
    from_us,
    until_us,
    day_from_us,
    day_until_us,
    tokens_above,
    tokens_up_to,
    input_rate,
    cache_read_rate,
    cache_write_rate,
    cache_write_1h_rate,
    output_rate,
    request_rate,
    input_cost,
    output_cost,
    total_cost,
    if(total_cost is null, why_unpriced, null) as why_unpriced
from usage_values
where id = $call_id
order by started_at, model nulls last
