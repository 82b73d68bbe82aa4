-- Delimited text with a header line; every column is read as text.
-- params: $files VARCHAR[], $compression VARCHAR, $delimiter VARCHAR
select
    /* columns */
from read_csv(
    $files,
    header = true,
    delim = $delimiter,
    quote = '"',
    escape = '"',
    all_varchar = true,
    auto_detect = false,
    columns = {/* declared */},
    compression = $compression,
    ignore_errors = true,
    store_rejects = true,
    hive_partitioning = false
)
