-- The largest number of a stored time column, which gives its unit.
-- reads: source
select max(abs(number::double)) as largest
from source
