-- The usage of each call and what it cost, in US dollars; null where a kind of token that the call used
-- has no price, and where the log has no count of the call (docs/specification.md, 9). A tier goes by the
-- gross input of one request.
-- reads: disjoint_counts, price_cells
-- A request of unknown size has a price where its model has one for all sizes: 2^62 is an open end.
-- The join compares only bounds that some cell has, and nulls only where calls without a model have a
-- price; only what some call used is charged for. An answer from a gateway's cache costs nothing. Every
-- price has a rate per request: without one there is no price.
select
    counts.*,
    cells.* exclude (model, provider, price_context),
    case
        /* hits: when cache_hit then 0 */
        when has_counts and request_rate is not null
            then 0
                /* input: + cost_of({}, {}_rate) */
    end as input_cost,
    case
        /* hits: when cache_hit then 0 */
        when has_counts and request_rate is not null
            then 0
                /* output: + cost_of({}, {}_rate) */
    end as output_cost,
    case
        /* hits: when cache_hit then 0 */
        when has_counts and request_rate is not null
            then input_cost + output_cost + counts.requests * request_rate
                /* searches: + cost_of({}, {}_rate) */
    end as total_cost,
    case
        when request_tokens
            + output_tokens
            + web_searches
            + input_audio_tokens
            + input_image_tokens
            + output_audio_tokens
            + output_image_tokens
            is null then 'unreadable_counts'
        when request_rate is null then 'no_price'
        when not has_counts then 'no_counts'
        else 'no_price_for_unit'
    end as why_unpriced
from disjoint_counts as counts
left join price_cells as cells
    on /* named: counts.model = cells.model *//* unnamed: counts.model is not distinct from cells.model */
    /* from_us: and epoch_us(counts.started_at) >= cells.from_us */
    /* until_us: and epoch_us(counts.started_at) < cells.until_us */
    /* day_from_us: and time_of_day(counts.started_at) >= cells.day_from_us */
    /* day_until_us: and time_of_day(counts.started_at) < cells.day_until_us */
    /* tokens_above: and coalesce(counts.request_tokens, 0) > cells.tokens_above */
    /* tokens_up_to: and coalesce(counts.request_tokens, 4611686018427387904) <= cells.tokens_up_to */
    /* provider: and counts.provider is not distinct from cells.provider */
    /* context: and counts.price_context is not distinct from cells.price_context */
