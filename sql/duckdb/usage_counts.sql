-- The usage metrics of each call and model (SPEC 5). A count below zero is one that cannot be read: a
-- metric of which only such counts are there is null.
-- reads: bucketed_calls
select
    bucket,
    model,
    case
        when gross_input_tokens >= 0 then gross_input_tokens
        else sum_of_names(prompt_tokens, input_tokens, gross_input_tokens)
    end as input_tokens,
    sum_of_names(completion_tokens, output_tokens, null) as output_tokens,
    case
        when total_tokens >= 0 then total_tokens
        when coalesce(
            nullif(greatest(gross_input_tokens, -1), -1),
            nullif(greatest(prompt_tokens, -1), -1),
            nullif(greatest(input_tokens, -1), -1),
            nullif(greatest(completion_tokens, -1), -1),
            nullif(greatest(output_tokens, -1), -1)
        ) is not null
            then coalesce(
                if(gross_input_tokens >= 0, gross_input_tokens, null),
                sum_of_names(prompt_tokens, input_tokens, null),
                0
            )
            + coalesce(sum_of_names(completion_tokens, output_tokens, null), 0)
        when least(
            gross_input_tokens,
            prompt_tokens,
            input_tokens,
            completion_tokens,
            output_tokens,
            total_tokens
        ) < 0 then null
        else 0
    end as total_tokens,
    first_readable(cache_read_input_tokens, prompt_cached_tokens, input_cached_tokens)
        as cache_read_input_tokens,
    first_readable(cache_creation_input_tokens, null, null) as cache_creation_input_tokens,
    first_readable(cache_creation_1h_input_tokens, null, null) as cache_creation_1h_input_tokens,
    id,
    provider,
    started_at,
    greatest(requests, 1) as requests,
    if(total_tokens >= 0, total_tokens, null) as recorded_total_tokens,
    greatest(gross_input_tokens, prompt_cached_tokens, input_cached_tokens) >= 0 as says_gross,
    input_tokens >= 0 and coalesce(prompt_tokens, -1) < 0 as says_input_only,
    if(recorded_input_cost >= 0, recorded_input_cost, null) as recorded_input_cost,
    if(recorded_output_cost >= 0, recorded_output_cost, null) as recorded_output_cost,
    if(recorded_total_cost >= 0, recorded_total_cost, null) as recorded_total_cost,
    latency_us(started_at, ended_at, duration) as latency_us
from bucketed_calls
where usable and entry > 0
