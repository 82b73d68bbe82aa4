-- The usage of each call and what it cost, in US dollars; null where a kind of token that the call used
-- has no price, and where the log has no count of the call (SPEC 9). A tier goes by the gross input of one
-- request.
-- reads: disjoint_counts, price_cells
-- The join compares only bounds that some cell has; only what some call used is charged for. An answer
-- from a gateway's cache costs nothing.
select
    counts.*,
    cells.* exclude (model, provider, price_context),
    case
        /* hits */when has_counts
            then /* input */
    end as input_cost,
    case
        /* hits */when has_counts
            then /* output */
    end as output_cost,
    case
        /* hits */when has_counts
            then input_cost + output_cost + counts.requests * request_rate/* web searches */
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
    on counts.model is not distinct from cells.model
    /* bounds */
