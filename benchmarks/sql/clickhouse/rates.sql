-- Dollars per million tokens, as in sql/duckdb/rates.sql.
create table rates engine = Memory as
select *
from values(
    'model String, input Float64, cached Float64, output Float64,
    input_above Float64, cached_above Float64, output_above Float64',
    ('gpt-4o', 2.5, 1.25, 10, 2.5, 1.25, 10),
    ('gpt-4o-mini', 0.15, 0.075, 0.6, 0.15, 0.075, 0.6),
    ('claude-sonnet-4-5', 3, 0.3, 15, 6, 0.6, 22.5),
    ('gemini-2.5-pro', 1.25, 0.125, 10, 2.5, 0.25, 15)
)
