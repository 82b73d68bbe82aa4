-- Each usage entry with those nearest below it: of its model, and where it is the one entry of a span, of
-- all models together (docs/specification.md, 10). What starts too early or too late is not below.
-- reads: usage_entries, nearest_above, usage_above
-- params: $earliest_below BIGINT (microseconds before the start of the call above)
with
of_its_model as (
    select
        line,
        entry,
        above,
        above_entry,
        earliest,
        latest,
        false as of_all_models
    from nearest_above
),

single as (
    select
        line,
        any_value(entry) as entry
    from usage_entries
    where of_span
    group by line
    having count(*) = 1
),

of_all_models as (
    select
        below.line,
        below.entry,
        single.line as above,
        single.entry as above_entry,
        least(below.started_us, usage_above.earliest) as earliest,
        greatest(below.started_us, usage_above.latest) as latest,
        true as of_all_models
    from single
    inner join usage_above on usage_above.above = single.line
    inner join usage_entries as below on below.line = usage_above.line
)

select
    found.line,
    found.entry,
    found.above,
    found.above_entry,
    found.of_all_models
from (
    from of_its_model
    union all
    from of_all_models
) as found
inner join usage_entries as above
    on above.line = found.above
    and above.entry = found.above_entry
where
    found.earliest >= above.started_us - $earliest_below
    and found.latest <= above.last_start_us
