-- The calls of sources without any.
select
    /* columns */,
    null::bigint as line
where false
