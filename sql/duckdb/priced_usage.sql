-- The usage of each call and what it cost, in US dollars; null where a kind of token that the call used
-- has no price (SPEC 9). A tier goes by the gross input of one request.
-- reads: disjoint_counts, price_cells
-- The join compares only bounds that some cell has.
select
    counts.*,
    cells.* exclude (model, provider),
    cost_of(uncached_input_tokens, input_rate, request_rate)
    + cost_of(cache_read_input_tokens, cache_read_rate, request_rate)
    + cost_of(cache_written_5m, cache_write_rate, request_rate)
    + cost_of(cache_written_1h, cache_write_1h_rate, request_rate) as input_cost,
    cost_of(output_tokens, output_rate, request_rate) as output_cost,
    input_cost + output_cost + counts.requests * request_rate as total_cost,
    case
        when request_tokens is null or output_tokens is null then 'unreadable_counts'
        when request_rate is null then 'no_price'
        else 'no_price_for_unit'
    end as why_unpriced
from disjoint_counts as counts
left join price_cells as cells
    on counts.model is not distinct from cells.model
    /* bounds */
