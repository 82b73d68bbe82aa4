-- The Weave export with inputs, output and summary as JSON text.
-- params: $log
select * replace (
    to_json(inputs)::varchar as inputs,
    to_json(output)::varchar as output,
    to_json(summary)::varchar as summary
)
from read_parquet($log)
