-- The models that calls of the range used, with the provider and the price context that the log names, the
-- number of calls, and whether some of them have tokens of audio or images, web searches, or an answer from
-- a gateway's cache. No call has more input than `most_input`, null where some count cannot be read.
-- reads: calls_in_range
select
    model,
    /* provider: provider, */
    /* no_provider: null::varchar as provider, */
    /* context: price_context, */
    /* no_context: null::varchar as price_context, */
    count(*) as calls,
    coalesce(
        bool_or(
            input_audio_tokens <> 0
            or input_image_tokens <> 0
            or output_audio_tokens <> 0
            or output_image_tokens <> 0
        ),
        false
    ) as has_modalities,
    coalesce(bool_or(web_searches <> 0), false) as has_web_searches,
    coalesce(bool_or(cache_hit), false) as has_cache_hits,
    case
        when coalesce(min(least(
            gross_input_tokens,
            prompt_tokens,
            input_tokens,
            cache_read_input_tokens,
            prompt_cached_tokens,
            input_cached_tokens,
            cache_creation_input_tokens,
            cache_creation_5m_input_tokens,
            cache_creation_1h_input_tokens,
            detailed_cache_write_tokens
        )), 0) >= 0
            then max(
                coalesce(gross_input_tokens, 0)
                + coalesce(prompt_tokens, 0)
                + coalesce(input_tokens, 0)
                + coalesce(cache_read_input_tokens, 0)
                + coalesce(prompt_cached_tokens, 0)
                + coalesce(input_cached_tokens, 0)
                + coalesce(cache_creation_input_tokens, 0)
                + coalesce(cache_creation_5m_input_tokens, 0)
                + coalesce(cache_creation_1h_input_tokens, 0)
                + coalesce(detailed_cache_write_tokens, 0)
            )
    end as most_input
from calls_in_range
where usable and entry > 0
group by model/* provider: , provider *//* context: , price_context */
order by model nulls last, provider nulls first, price_context nulls first
