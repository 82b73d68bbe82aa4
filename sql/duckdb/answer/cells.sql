-- Cells of equal length, each with the first instant of the bucket that it lies in, in UTC: every bucket
-- is made of whole cells.
-- params: $edges BIGINT[] (first instants of the buckets, ascending), $cell_width, $cells_end BIGINT (all
--   in microseconds, since 1970)
select
    cells.cell,
    edges.bucket
from (
    select make_timestamp(unnest(range($edges[1], $cells_end, $cell_width))) as cell
) as cells
asof join (
    select make_timestamp(unnest($edges)) as bucket
) as edges
    on cells.cell >= edges.bucket
