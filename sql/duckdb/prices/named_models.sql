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
        when coalesce(min(least(null/* inputs:, {} */)), 0) >= 0
            then max(0/* inputs: + coalesce({}, 0) */)
    end as most_input
from calls_in_range
where usable and entry > 0
group by model/* provider: , provider *//* context: , price_context */
order by model nulls last, provider nulls first, price_context nulls first
