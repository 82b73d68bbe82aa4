-- How many usage entries repeat what lies below them, and how many tokens of input and output.
-- reads: repeats
select
    count(*) as entries,
    coalesce(sum(coalesce(repeated_input, 0) + coalesce(repeated_output, 0)), 0) as tokens
from repeats
where not is_left or repeated_input > 0 or repeated_output > 0
