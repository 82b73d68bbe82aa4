-- The calls with a recorded total that may be more than their counts explain.
-- reads: calls
select *
from calls
where /* large_total */
