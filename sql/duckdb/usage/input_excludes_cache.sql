-- Whether some input counts leave cached tokens out (docs/specification.md, 9).
-- reads: disjoint_counts
select coalesce(bool_or(excludes_cached), false) as found
from disjoint_counts
