-- The usage metrics of each call and model (docs/specification.md, 5). A count below zero is one that
-- cannot be read: a metric of which only such counts are there is null.
-- reads: bucketed_calls
-- A recorded total tells what it is made of, and so whether reasoning is beside the output and cached
-- tokens beside the input; `unexplained` is a total that is larger than all counts together. Where
-- `cached_beside` and `reasoning_beside` are given, they hold.
select
    * exclude (
        written_output_tokens,
        written_reasoning_tokens,
        known_reasoning_beside,
        total_is,
        nothing_readable
    ),
    coalesce(total_is = 'unexplained', false) as unexplained,
    coalesce(total_is in ('cached', 'everything'), false) as total_holds_cached,
    coalesce(known_reasoning_beside, total_is in ('reasoning', 'everything'), false)
        as reasoning_beside,
    written_output_tokens + if(reasoning_beside, coalesce(written_reasoning_tokens, 0), 0)
        as output_tokens,
    case
        when recorded_total_tokens is not null then recorded_total_tokens
        when not nothing_readable then input_tokens + output_tokens
    end as total_tokens
from (
    select
        *,
        case
            when recorded_total_tokens is null then null
            when recorded_total_tokens = input_tokens + written_output_tokens then 'input and output'
            when recorded_total_tokens
                = input_tokens + written_output_tokens + written_reasoning_tokens
                then 'reasoning'
            when recorded_total_tokens
                = input_tokens + written_output_tokens + cache_read_input_tokens
                then 'cached'
            when recorded_total_tokens
                = input_tokens
                + written_output_tokens
                + cache_read_input_tokens
                + cache_creation_input_tokens
                then 'cached'
            when recorded_total_tokens
                = input_tokens
                + written_output_tokens
                + written_reasoning_tokens
                + cache_read_input_tokens
                + cache_creation_input_tokens
                then 'everything'
            when recorded_total_tokens
                > input_tokens
                + written_output_tokens
                + written_reasoning_tokens
                + cache_read_input_tokens
                + cache_creation_input_tokens
                then 'unexplained'
        end as total_is
    from (
        select
            /* keys: {}, */
            /* written: {0} as raw_{0}, */
            model,
            case
                when gross_input_tokens >= 0 then gross_input_tokens
                else sum_of_names(prompt_tokens, input_tokens, gross_input_tokens)
            end as input_tokens,
            sum_of_names(completion_tokens, output_tokens, null) as written_output_tokens,
            if(reasoning_tokens >= 0, reasoning_tokens, null) as reasoning_tokens,
            first_readable(reasoning_tokens, null, null) as written_reasoning_tokens,
            if(total_tokens >= 0, total_tokens, null) as recorded_total_tokens,
            first_readable(cache_read_input_tokens, prompt_cached_tokens, input_cached_tokens)
                as cache_read_input_tokens,
            cache_writes(
                cache_creation_input_tokens,
                cache_creation_5m_input_tokens,
                cache_creation_1h_input_tokens,
                detailed_cache_write_tokens
            ) as cache_creation_input_tokens,
            first_readable(cache_creation_1h_input_tokens, null, null)
                as cache_creation_1h_input_tokens,
            cached_beside,
            reasoning_beside as known_reasoning_beside,
            coalesce(
                total_tokens < 0
                and coalesce(
                    gross_input_tokens,
                    prompt_tokens,
                    input_tokens,
                    completion_tokens,
                    output_tokens
                ) is null,
                false
            ) as nothing_readable,
            greatest(
                gross_input_tokens,
                prompt_cached_tokens,
                input_cached_tokens,
                detailed_cache_write_tokens
            ) >= 0 as says_gross,
            input_tokens >= 0 and coalesce(prompt_tokens, -1) < 0 as says_input_only,
            coalesce(null/* counts:, {} */) is not null as has_counts,
            first_readable(input_audio_tokens, null, null) as input_audio_tokens,
            first_readable(input_image_tokens, null, null) as input_image_tokens,
            first_readable(output_audio_tokens, null, null) as output_audio_tokens,
            first_readable(output_image_tokens, null, null) as output_image_tokens,
            first_readable(web_searches, null, null) as web_searches,
            id,
            provider,
            price_context,
            cache_hit,
            started_at,
            greatest(requests, 1) as requests,
            if(recorded_input_cost >= 0, recorded_input_cost, null) as recorded_input_cost,
            if(recorded_output_cost >= 0, recorded_output_cost, null) as recorded_output_cost,
            if(recorded_total_cost >= 0, recorded_total_cost, null) as recorded_total_cost,
            latency_us(started_at, ended_at, duration) as latency_us
        from bucketed_calls
        where usable and entry > 0
    )
)
