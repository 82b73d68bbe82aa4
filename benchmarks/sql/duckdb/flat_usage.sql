-- Counts are summed once; what is left, a row per day, model and tier, is priced and summed again. How the
-- rows are grouped is written behind it.
select
    bucket,
    model,
    sum(calls)::bigint,
    sum(summed.input)::bigint,
    sum(summed.output)::bigint,
    0,
    0,
    sum(if(
        is_above,
        summed.input * rates.input_above + summed.output * rates.output_above,
        summed.input * rates.input + summed.output * rates.output
    )) / 1e6
from (
    select
        epoch_us(started_at) // 86400000000 as bucket,
        model,
        input_tokens > 200000 as is_above,
        count(*) as calls,
        sum(input_tokens) as input,
        sum(output_tokens) as output
    from read_parquet(getvariable('path'))
    group by all
) as summed
inner join rates using (model)
