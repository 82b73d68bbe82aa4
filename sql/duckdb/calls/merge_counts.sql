-- What merging did: lines that became part of another call, and ids with several starts.
-- reads: calls
select
    coalesce(sum(lines_merged - 1), 0)::bigint as merged_lines,
    (
        select count(*)
        from (
            select call_key(id_scope, id)
            from calls
            where entry <= 1 and id is not null and started_at is not null
            group by all
            having count(*) > 1
        )
    ) as reused_ids
from calls
where entry <= 1
