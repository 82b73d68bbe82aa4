-- Whether any id may stand in more than one line.
-- reads: calls
-- Hashes take less memory than ids; where two ids have one, lines are merged in vain, by the ids themselves.
select count(*) > count(distinct hash(id)) as repeated
from calls
where entry <= 1 and id is not null
