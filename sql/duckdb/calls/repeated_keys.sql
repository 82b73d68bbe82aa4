-- The keys, as hashes, of the calls that stand in more than one line.
-- reads: keyed_lines
select hash(key_id, key_ms) as key
from keyed_lines
where key_id is not null
group by key
having min(line) != max(line)
