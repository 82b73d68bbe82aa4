-- The usage metrics of each call, whatever the model.
-- reads: usage_values_by_model
select * replace (null::varchar as model)
from usage_values_by_model
