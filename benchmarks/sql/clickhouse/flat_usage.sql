-- Counts are summed once; what is left, a row per day, model and tier, is priced and summed again. How the
-- rows are grouped is written behind it. `rates` is in rates.sql.
select
    bucket,
    model,
    sum(calls),
    sum(summed_input),
    sum(summed_output),
    0,
    0,
    sum(
        summed_input * if(is_above, rates.input_above, rates.input)
        + summed_output * if(is_above, rates.output_above, rates.output)
    ) / 1e6
from (
    select
        intDiv(toUnixTimestamp64Micro(started_at), 86400000000) as bucket,
        model,
        input_tokens > 200000 as is_above,
        count() as calls,
        sum(input_tokens) as summed_input,
        sum(output_tokens) as summed_output
    from file({path:String}, Parquet)
    group by bucket, model, is_above
) as summed
inner join rates on rates.model = assumeNotNull(summed.model)
