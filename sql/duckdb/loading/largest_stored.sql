-- The largest number of a stored time column, which tells its unit (SPEC 5).
-- reads: source
select max(abs(number::double)) as largest
from source
