-- Usage is counted where nothing lies below: this log's upper calls repeat just that. How the rows are
-- grouped is written behind it. `rates` is in rates.sql.
select
    bucket,
    model,
    sum(calls),
    sum(summed_input),
    sum(summed_output),
    sum(summed_cached),
    0,
    sum(
        (summed_input - summed_cached) * if(is_above, rates.input_above, rates.input)
        + summed_cached * if(is_above, rates.cached_above, rates.cached)
        + summed_output * if(is_above, rates.output_above, rates.output)
    ) / 1e6
from (
    select
        intDiv(toUnixTimestamp64Micro(started_at), 86400000000) as bucket,
        entry.1 as model,
        entry.2.prompt_tokens > 200000 as is_above,
        count() as calls,
        sum(entry.2.prompt_tokens) as summed_input,
        sum(entry.2.completion_tokens) as summed_output,
        sum(entry.2.prompt_tokens_details.cached_tokens) as summed_cached
    from (
        select started_at, arrayJoin(summary.usage) as entry
        from calls
        where id not in (select parent_id from calls where parent_id is not null)
    )
    group by bucket, model, is_above
) as summed
inner join rates using (model)
