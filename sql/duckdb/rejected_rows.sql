-- How many rows of delimited text the engine refused while loading: wrong numbers of fields, broken
-- quotes, bytes that are no UTF-8.
-- reads: reject_errors (the engine's own)
select count(*) as rejected
from (
    select distinct
        scan_id,
        file_id,
        line
    from reject_errors
)
