-- The columns that are asked for, parsed once.
create temp table calls as
select id, parent_id, started_at, ended_at, exception, map_entries(summary.usage) as entries
from read_json(
    getvariable('path'),
    format = 'newline_delimited',
    columns = {
        id: 'VARCHAR',
        parent_id: 'VARCHAR',
        started_at: 'TIMESTAMPTZ',
        ended_at: 'TIMESTAMPTZ',
        exception: 'VARCHAR',
        summary: 'STRUCT(usage MAP(VARCHAR, STRUCT(
            prompt_tokens BIGINT,
            completion_tokens BIGINT,
            prompt_tokens_details STRUCT(cached_tokens BIGINT)
        )))'
    }
)
