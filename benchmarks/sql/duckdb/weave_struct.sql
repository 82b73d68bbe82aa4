create temp view calls as
select
    id,
    parent_id,
    started_at,
    ended_at,
    exception,
    list_filter(
        [
            {key: 'gpt-4o', value: summary.usage."gpt-4o"},
            {key: 'gpt-4o-mini', value: summary.usage."gpt-4o-mini"},
            {key: 'claude-sonnet-4-5', value: summary.usage."claude-sonnet-4-5"},
            {key: 'gemini-2.5-pro', value: summary.usage."gemini-2.5-pro"}
        ],
        lambda entry: entry.value is not null
    ) as entries
from read_parquet(getvariable('path'))
