-- What lies nearest below each usage entry, summed: count by count as written, and as
-- docs/specification.md, 9, reads it.
-- reads: entries_below, usage_entries
select
    entries_below.above as line,
    entries_below.above_entry as entry,
    entries_below.of_all_models,
    min(coalesce(below.model, '')) != max(coalesce(below.model, '')) as are_several_models,
    fsum(coalesce(below.gross_tokens, 0)) as below_gross,
    fsum(coalesce(below.cache_read_input_tokens, 0)) as below_read,
    fsum(coalesce(below.cache_creation_input_tokens, 0)) as below_written,
    fsum(coalesce(below.output_tokens, 0)) as below_output,
    fsum(coalesce(below.recorded_total_tokens, 0)) as below_total
    /* counts: , fsum(greatest(raw_{0}, 0)) as below_{0} */
from entries_below
inner join usage_entries as below
    on below.line = entries_below.line
    and below.entry = entries_below.entry
group by all
