-- The calls that every field of the request's filter holds for (docs/specification.md, 6); null
-- parameters hold always.
-- reads: calls
-- params: $op_names VARCHAR[] (exact), $op_base_names VARCHAR[] (any version of an op so named, any call of such an
--   operation),
--   $op_prefixes VARCHAR[] (any version of one ref), $input_refs, $input_ref_prefixes, $output_refs,
--   $output_ref_prefixes, $parent_ids, $trace_ids, $call_ids, $thread_ids, $turn_ids, $wb_user_ids,
--   $wb_run_ids, $wb_run_base_ids VARCHAR[], $trace_roots_only BOOLEAN,
--   $spans_pass BOOLEAN (spans need not be roots)
select *
from calls
where
    (
        $op_names is null
        or list_contains($op_names, op_name)
        or list_contains($op_base_names, op_base_name(op_name))
        or list_contains($op_base_names, operation)
        or list_bool_or(list_transform($op_prefixes, lambda prefix: starts_with(op_name, prefix)))
    )
    and (
        $input_refs is null
        or list_has_any($input_refs, input_refs)
        or any_starts_with(input_refs, $input_ref_prefixes)
    )
    and (
        $output_refs is null
        or list_has_any($output_refs, output_refs)
        or any_starts_with(output_refs, $output_ref_prefixes)
    )
    and ($parent_ids is null or list_contains($parent_ids, parent_id))
    and ($trace_ids is null or list_contains($trace_ids, trace_id))
    and ($call_ids is null or list_contains($call_ids, id))
    and ($thread_ids is null or list_contains($thread_ids, thread_id))
    and ($turn_ids is null or list_contains($turn_ids, turn_id))
    and ($wb_user_ids is null or list_contains($wb_user_ids, wb_user_id))
    and (
        $wb_run_ids is null
        or list_contains($wb_run_ids, wb_run_id)
        or list_contains($wb_run_base_ids, string_split(wb_run_id, '/')[-1])
    )
    and ($trace_roots_only is null or parent_id is null or ($spans_pass and is_span))
