-- Reads the times that loading left as text: epoch numbers, rarer ISO writings, zone-less local times.
-- params: $units BIGINT[] (per file: how many units a second has), $time_origin BIGINT (microseconds
--   that numbers count from), $local_edges, $local_offsets BIGINT[] (microseconds: from which local
--   time on a zone-less time is how far ahead of UTC)
update /* table */
set
    /* time */ = late_instant(
        unread[/* position */],
        $units[/* file */ + 1],
        $time_origin,
        $local_edges,
        $local_offsets
    )
where unread[/* position */] is not null
