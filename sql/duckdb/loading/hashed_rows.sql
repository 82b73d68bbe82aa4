-- A number for the first rows of one file, which changes with any of their values and with their order.
-- reads: lines
-- params: $rows BIGINT
select bit_xor(hash(position, whole)) as hashed
from (
    select
        lines as whole,
        row_number() over () as position
    from lines
)
where position <= $rows
