-- The counts that a call is priced from; no token is in two of them (docs/specification.md, 9). Null
-- where what they are made of cannot be read.
-- reads: usage_counts
-- params: $bedrock_id VARCHAR (a regular expression for model ids)
-- `cache_rule` is which rule says whether input includes cached tokens, null where none are cached;
-- `excludes_cached` is what it says: true where they are beside the input.
select
    *,
    cache_rule not in (3, 6, 8) as excludes_cached,
    if(coalesce(excludes_cached, true), input_tokens, input_tokens - cached_tokens)
        as uncached_input_tokens,
    cache_creation_input_tokens - cache_written_1h as cache_written_5m,
    if(cached_tokens is null, null, uncached_input_tokens + cached_tokens) as gross_tokens,
    gross_tokens / requests as request_tokens
from (
    select
        *,
        case
            when cached_tokens = 0 or cached_tokens is null then null
            when cached_beside then 7
            when not cached_beside then 8
            when total_holds_cached then 1
            when input_tokens < cached_tokens then 2
            when says_gross then 3
            when says_input_only then 4
            when regexp_full_match(model, $bedrock_id) then 5
            else 6
        end as cache_rule,
        case
            when cache_creation_1h_input_tokens is not null and cache_creation_input_tokens is not null
                then least(cache_creation_1h_input_tokens, cache_creation_input_tokens)
        end as cache_written_1h
    from (
        select *, cache_read_input_tokens + cache_creation_input_tokens as cached_tokens
        from usage_counts
    )
)
