-- Whether some input counts leave cached tokens out (SPEC 9).
-- reads: disjoint_counts
select coalesce(bool_or(cache_rule in (1, 2, 4, 5, 7)), false) as found
from disjoint_counts
