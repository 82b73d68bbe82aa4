-- The rows of delimited text that the engine left out while loading: wrong numbers of fields, broken
-- quotes, invalid UTF-8; with the file, the byte, counted from 0, at which each begins, and
-- whether lines may end there in another way than the engine expects, or have got longer.
-- reads: reject_errors, reject_scans (the engine's own; a file read twice is there twice)
select
    reject_scans.file_path,
    reject_errors.line_byte_position - 1 as start,
    bool_or(reject_errors.error_type in ('UNQUOTED VALUE', 'TOO MANY COLUMNS')) as unclear
from reject_errors
inner join reject_scans using (scan_id, file_id)
group by all
order by all
