-- How many usage entries have a recorded total that is larger than all their counts together
-- (docs/specification.md, 5).
-- reads: usage_counts
select count(*) filter (unexplained) as unexplained
from usage_counts
