-- The rows of delimited text that the engine refused while loading: wrong numbers of fields, broken
-- quotes, bytes that are no UTF-8; with the file and the byte, counted from 0, at which each begins.
-- reads: reject_errors, reject_scans (the engine's own; a file read twice is there twice)
select distinct
    reject_scans.file_path,
    reject_errors.line_byte_position - 1 as start
from reject_errors
inner join reject_scans using (scan_id, file_id)
order by all
