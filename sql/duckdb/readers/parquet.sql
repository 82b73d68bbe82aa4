-- Parquet files of one schema.
-- params: $files VARCHAR[]
select
    /* columns */
from read_parquet($files, hive_partitioning = false)
/* row_groups */
