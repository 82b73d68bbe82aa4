-- Whether any id stands in more than one line.
-- reads: calls
select count(id) > count(distinct id) as repeated
from calls
where entry <= 1
