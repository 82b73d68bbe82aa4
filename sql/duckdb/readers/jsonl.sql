-- JSON Lines: only the declared keys are read. A malformed line is a row of nulls.
-- params: $files VARCHAR[], $compression VARCHAR, $largest_object BIGINT (bytes of the longest line)
select
    /* columns */
from read_json(
    $files,
    format = 'newline_delimited',
    records = true,
    ignore_errors = true,
    columns = {/* declared */},
    compression = $compression,
    maximum_object_size = $largest_object,
    hive_partitioning = false
)
