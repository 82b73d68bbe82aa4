create temp view calls as
select
    id,
    parent_id,
    started_at,
    ended_at,
    exception,
    map_entries(from_json(summary -> 'usage', '"MAP(VARCHAR, '
        'STRUCT(prompt_tokens BIGINT, completion_tokens BIGINT, '
        'prompt_tokens_details STRUCT(cached_tokens BIGINT)))"')) as entries
from read_parquet(getvariable('path'))
