-- JSON documents: an array of calls, or calls that span lines. An item that is no object is a row of
-- nulls.
-- params: $files VARCHAR[], $compression VARCHAR, $largest_object BIGINT (bytes of the longest item)
select
    /* columns */
from read_json(
    $files,
    format = 'auto',
    records = true,
    ignore_errors = true,
    columns = {/* declared */},
    compression = $compression,
    maximum_object_size = $largest_object,
    hive_partitioning = false
)
