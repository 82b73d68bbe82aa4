-- How many lines or items the engine found.
-- reads: source
select count(*) as found
from source
