-- Delimited text with a header line; every column is read as text. Rows up to 128 MB are read: the
-- engine's own limit is 2 MB, and beyond its buffer it would lose one without a word.
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
    max_line_size = 134217728,
    buffer_size = 268435456,
    hive_partitioning = false
)
