-- Whether any call names a call above it.
-- reads: calls
select count(parent_id) > 0 as named
from calls
