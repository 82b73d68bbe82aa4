-- The calls, each with the first instant of its bucket, in UTC; buckets found by the cells that they are
-- made of. To join instants with edges directly, the engine would sort all calls.
-- reads: calls_in_range, cells
-- params: $cell_width BIGINT (microseconds), $cells_start BIGINT (microseconds since 1970)
select
    calls.*,
    cells.bucket
from calls_in_range as calls
join cells
    on cells.cell = time_bucket(
        to_microseconds($cell_width),
        make_timestamp(epoch_us(calls.started_at)),
        make_timestamp($cells_start)
    )
