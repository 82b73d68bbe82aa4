-- Observations of Langfuse → the columns of a call (docs/specification.md, 5), one row per observation.
-- reads: source (raw columns of the log)
-- Usage is an open map of counts: what has "input" in its key is input, what has "output" in it output,
-- caches and reasoning included, unless the total says that those repeat parts of the plain keys. Rows
-- without it may have three plain counts. Langfuse writes zeros for
-- none: where no model is named they are no usage, and a total cost of zero beside no cost details is no
-- price. `entry` is 0 without usage, null where the engine found nothing in the line.
select
    nullif(project_id, '') as project_id,
    nullif(id, '') as id,
    nullif(op_name, '') as op_name,
    nullif(operation, '') as operation,
    nullif(trace_id, '') as trace_id,
    nullif(parent_id, '') as parent_id,
    nullif(thread_id, '') as thread_id,
    nullif(wb_user_id, '') as wb_user_id,
    started_at,
    ended_at,
    unread,
    coalesce(upper(level) = 'ERROR', false) as failed,
    nullif(model, '') as model,
    case
        when has_details then usage_map is not null
        else coalesce(input_usage, output_usage, total_usage) is not null or not is_no_object(usage)
    end as usable,
    case
        when not has_details then input_usage
        when input_repeats then plain_input
        else input_of_keys
    end as gross_input_tokens,
    case
        when not has_details then output_usage
        when output_repeats then plain_output
        else output_of_keys
    end as output_tokens,
    if(has_details, total_of_map, total_usage) as total_tokens,
    case
        when blank then null
        when (has_details and model != '')
            or not usable
            or greatest(gross_input_tokens, output_tokens, total_tokens) != 0
            or least(gross_input_tokens, output_tokens, total_tokens) != 0 then 1
        else 0
    end as entry,
    read_count(
        coalesce(
            usage_map['cache_read_input_tokens'],
            usage_map['input_cached_tokens'],
            usage_map['input_cache_read'],
            usage_map['input_cache_read_tokens'],
            usage_map['cached_input_tokens']
        )
    ) as cache_read_input_tokens,
    read_count(usage_map['prompt_details.cache_read']) as prompt_cached_tokens,
    read_count(
        coalesce(
            usage_map['cache_creation_input_tokens'],
            usage_map['input_cache_creation'],
            usage_map['input_cache_creation_tokens'],
            usage_map['input_cache_write_tokens'],
            usage_map['input_cache_write'],
            usage_map['cache_write_input_tokens']
        )
    ) as cache_creation_input_tokens,
    read_count(usage_map['input_cache_creation_5m']) as cache_creation_5m_input_tokens,
    read_count(usage_map['input_cache_creation_1h']) as cache_creation_1h_input_tokens,
    read_count(usage_map['prompt_details.cache_write']) as detailed_cache_write_tokens,
    read_count(
        coalesce(
            usage_map['output_reasoning_tokens'],
            usage_map['output_reasoning'],
            usage_map['completion_details.reasoning']
        )
    ) as reasoning_tokens,
    read_count(
        coalesce(
            usage_map['input_audio_tokens'],
            usage_map['input_audio'],
            usage_map['prompt_details.audio']
        )
    ) as input_audio_tokens,
    read_count(coalesce(usage_map['input_image_tokens'], usage_map['input_image']))
        as input_image_tokens,
    read_count(
        coalesce(
            usage_map['output_audio_tokens'],
            usage_map['output_audio'],
            usage_map['completion_details.audio']
        )
    ) as output_audio_tokens,
    read_count(coalesce(usage_map['output_image_tokens'], usage_map['output_image']))
        as output_image_tokens,
    (epoch_us(completed_at) - epoch_us(started_at)) / 1000 as time_to_first_token_ms,
    coalesce(sum_of_keys(cost_map, 'input'), input_cost) as recorded_input_cost,
    coalesce(sum_of_keys(cost_map, 'output'), output_cost) as recorded_output_cost,
    coalesce(read_count(cost_map['total']), nullif(total_cost, 0)) as recorded_total_cost,
    file,
    place
from (
    select
        *,
        parts_repeat(total_of_map, input_of_keys, plain_input, plain_output, output_of_keys)
            as input_repeats,
        parts_repeat(total_of_map, output_of_keys, plain_output, plain_input, input_of_keys)
            as output_repeats
    from (
        select
            *,
            sum_of_keys(usage_map, 'input') as input_of_keys,
            sum_of_keys(usage_map, 'output') as output_of_keys,
            read_count(usage_map['total']) as total_of_map,
            read_count(coalesce(usage_map['input'], usage_map['input_tokens'])) as plain_input,
            read_count(coalesce(usage_map['output'], usage_map['output_tokens'])) as plain_output
        from (
            select
                *,
                coalesce(usage_details::varchar not in ('null', '{}', '[]', '""'), false)
                    as has_details,
                from_json(usage_details, '"MAP(VARCHAR, VARCHAR)"') as usage_map,
                from_json(cost_details, '"MAP(VARCHAR, VARCHAR)"') as cost_map
            from source
        )
    )
)
