-- Some columns of the calls that lines of one format make.
-- reads: joined_calls
select
    /* columns */
from joined_calls
