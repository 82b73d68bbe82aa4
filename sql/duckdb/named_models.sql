-- The models that calls of the range used, with the provider that the log names and the number of calls.
-- reads: calls_in_range
select
    model,
    provider,
    count(*) as calls
from calls_in_range
where usable and entry > 0
group by model, provider
order by model nulls last, provider nulls first
