-- The columns that are asked for, parsed once.
create table calls engine = Memory as
select *
from file(
    {path:String},
    JSONEachRow,
    'id String, parent_id Nullable(String), started_at DateTime64(6), ended_at DateTime64(6),
    exception Nullable(String), summary Tuple(usage Map(String, Tuple(
        prompt_tokens Int64,
        completion_tokens Int64,
        prompt_tokens_details Tuple(cached_tokens Int64)
    )))'
)
