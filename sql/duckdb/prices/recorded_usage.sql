-- The usage of each call and what the log itself says that it cost, in US dollars.
-- reads: disjoint_counts
select
    *,
    recorded_input_cost as input_cost,
    recorded_output_cost as output_cost,
    coalesce(recorded_total_cost, recorded_input_cost + recorded_output_cost) as total_cost,
    'no_recorded_cost' as why_unpriced
from disjoint_counts
