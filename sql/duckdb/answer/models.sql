-- The models of the answer.
-- reads: usage_aggregates
select distinct model
from usage_aggregates
where level < 3
