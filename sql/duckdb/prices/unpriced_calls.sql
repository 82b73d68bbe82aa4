-- The calls that have no cost: by model and reason how many, and how many tokens they are.
-- reads: usage_values
select
    model,
    provider,
    price_context,
    why_unpriced,
    count(*) as calls,
    fsum(coalesce(input_tokens, 0) + coalesce(output_tokens, 0)) as tokens
from usage_values
where false/* costs: or {} is null */
group by all
order by model nulls last, provider nulls first, price_context nulls first, why_unpriced
