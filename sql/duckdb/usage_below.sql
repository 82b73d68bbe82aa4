-- What the nearest calls below a call carry of its model, summed count by count.
-- reads: usage_entries, nearest_above
select
    nearest_above.above as line,
    nearest_above.above_model as model,
    /* sums */
from nearest_above
inner join usage_entries
    on usage_entries.line = nearest_above.line
    and usage_entries.model is not distinct from nearest_above.model
group by nearest_above.above, nearest_above.above_model
