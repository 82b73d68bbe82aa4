-- Dollars per million tokens of the models that the logs name: of input, of input read from a cache and of
-- output, and the same for requests with more input tokens than `tier`. `callstats prices` has them.
create temp view rates as
select *
from (values
    ('gpt-4o', 2.5::double, 1.25::double, 10::double, null, null, null, null),
    ('gpt-4o-mini', 0.15, 0.075, 0.6, null, null, null, null),
    ('claude-sonnet-4-5', 3, 0.3, 15, 200000, 6, 0.6, 22.5),
    ('gemini-2.5-pro', 1.25, 0.125, 10, 200000, 2.5, 0.25, 15)
) as rates(model, input, cached, output, tier, input_above, cached_above, output_above)
