-- The first and last start of a project's calls, in microseconds since 1970.
-- reads: project_calls
select
    epoch_us(min(started_at)) as first_us,
    epoch_us(max(started_at)) as last_us
from project_calls
