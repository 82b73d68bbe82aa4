-- The Weave export with usage as STRUCT: a field for each model, null where a call did not use it.
-- params: $log
select * replace (
    struct_update(
        summary,
        usage := {
            'gpt-4o': usage_in(summary, 'gpt-4o'),
            'gpt-4o-mini': usage_in(summary, 'gpt-4o-mini'),
            'claude-sonnet-4-5': usage_in(summary, 'claude-sonnet-4-5'),
            'gemini-2.5-pro': usage_in(summary, 'gemini-2.5-pro')
        }
    ) as summary
)
from read_parquet($log)
