-- Usage is counted where nothing lies below: this log's upper calls repeat just that. How the rows are
-- grouped is written behind it.
select
    bucket,
    model,
    sum(calls)::bigint,
    sum(summed.input)::bigint,
    sum(summed.output)::bigint,
    sum(summed.cached)::bigint,
    0,
    sum(if(
        is_above,
        (summed.input - summed.cached) * rates.input_above
        + summed.cached * rates.cached_above
        + summed.output * rates.output_above,
        (summed.input - summed.cached) * rates.input
        + summed.cached * rates.cached
        + summed.output * rates.output
    )) / 1e6
from (
    select
        epoch_us(started_at) // 86400000000 as bucket,
        entry.key as model,
        coalesce(entry.value.prompt_tokens > 200000, false) as is_above,
        count(*) as calls,
        sum(entry.value.prompt_tokens) as input,
        sum(entry.value.completion_tokens) as output,
        sum(entry.value.prompt_tokens_details.cached_tokens) as cached
    from (
        select started_at, unnest(entries) as entry
        from calls
        anti join (select parent_id from calls) as above on above.parent_id = calls.id
    )
    group by all
) as summed
inner join rates using (model)
