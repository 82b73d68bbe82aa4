-- What was left out or nulled among the calls of the range and those without a start: one row per kind
-- and column. `usage_line` is where a call's usage stands, `line` where the call begins.
-- reads: calls
-- params: $range_start, $range_end BIGINT (microseconds since 1970; half-open)
select
    if(found[1] = 'undated', line, usage_line) as line,
    found[1] as kind,
    found[2] as column_name
from (
    select
        line,
        /* usage_line */ as usage_line,
        unnest(
            list_filter(
                [
                    if(entry <= 1 and started_at is null, ['undated', null], null),
                    if(entry > 0 and not usable, ['unusable_usage_entries', null], null),
                    /* counts: if({0} < 0, ['unreadable_counts', '{0}'], null), */
                    null
                ],
                lambda item: item is not null
            )
        ) as found
    from calls
    where
        started_at is null
        or (started_at >= make_timestamptz($range_start) and started_at < make_timestamptz($range_end))
)
