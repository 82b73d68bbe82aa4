-- A Weave export, one call a line, or the client's write-ahead log, a start and an end part a call, as
-- the columns of a call (docs/specification.md, 5), one row per call and model.
-- reads: source (raw columns of the log)
-- `entry` numbers the models of a call from 1; 0 where the call has no usage, null where the engine
-- found nothing in the line. A usage entry that is no object stays as a row that is not `usable`, so that
-- it can be counted; of one that is null (a STRUCT of all models has such) `usable` is null.
select
    nullif(project_id, '') as project_id,
    nullif(id, '') as id,
    nullif(op_name, '') as op_name,
    nullif(trace_id, '') as trace_id,
    nullif(parent_id, '') as parent_id,
    nullif(thread_id, '') as thread_id,
    nullif(turn_id, '') as turn_id,
    nullif(wb_user_id, '') as wb_user_id,
    nullif(wb_run_id, '') as wb_run_id,
    started_at,
    ended_at,
    deleted_at,
    unread,
    coalesce(exception not in ('', '{}', '[]'), false) as failed,
    otel_span is not null as is_span,
    input_refs,
    output_refs,
    line_type is not null as part,
    model,
    if(blank, null, entry)::integer as entry,
    case
        when entry = 0 then false
        when counts is not null and least(
            counts.gross_input_tokens,
            counts.prompt_tokens,
            counts.input_tokens,
            counts.completion_tokens,
            counts.output_tokens,
            counts.total_tokens
        ) is not null then true
        when len(models) > 0
            then starts_with(
                nullif(nullif(json_extract(usage, '$.*')[entry]::varchar, 'null'), '""'), '{'
            )
        else false
    end as usable,
    read_count(counts.gross_input_tokens) as gross_input_tokens,
    read_count(counts.prompt_tokens) as prompt_tokens,
    read_count(counts.input_tokens) as input_tokens,
    read_count(counts.completion_tokens) as completion_tokens,
    read_count(counts.output_tokens) as output_tokens,
    read_count(counts.total_tokens) as total_tokens,
    read_count(counts.cache_read_input_tokens) as cache_read_input_tokens,
    read_count(counts.prompt_tokens_details.cached_tokens) as prompt_cached_tokens,
    read_count(
        coalesce(
            nullif(counts.input_tokens_details.cached_tokens, ''),
            first_text(
                counts.cached_tokens,
                counts.cached_input_tokens,
                counts.input_cached_tokens,
                counts.tokens_cached
            )
        )
    ) as input_cached_tokens,
    read_count(
        first_text(
            counts.cache_creation_input_tokens,
            counts.cache_write_input_tokens,
            counts.cache_write_tokens,
            null
        )
    ) as cache_creation_input_tokens,
    read_count(counts.cache_creation.ephemeral_5m_input_tokens) as cache_creation_5m_input_tokens,
    read_count(counts.cache_creation.ephemeral_1h_input_tokens) as cache_creation_1h_input_tokens,
    read_count(
        first_text(
            counts.prompt_tokens_details.cache_write_tokens,
            counts.input_tokens_details.cache_write_tokens,
            null,
            null
        )
    ) as detailed_cache_write_tokens,
    read_count(
        first_text(
            counts.completion_tokens_details.reasoning_tokens,
            counts.output_tokens_details.reasoning_tokens,
            counts.reasoning_tokens,
            counts.thoughts_tokens
        )
    ) as reasoning_tokens,
    read_count(
        first_text(
            counts.prompt_tokens_details.audio_tokens,
            counts.input_tokens_details.audio_tokens,
            null,
            null
        )
    ) as input_audio_tokens,
    read_count(
        first_text(
            counts.prompt_tokens_details.image_tokens,
            counts.input_tokens_details.image_tokens,
            null,
            null
        )
    ) as input_image_tokens,
    read_count(
        first_text(
            counts.completion_tokens_details.audio_tokens,
            counts.output_tokens_details.audio_tokens,
            null,
            null
        )
    ) as output_audio_tokens,
    read_count(
        first_text(
            counts.completion_tokens_details.image_tokens,
            counts.output_tokens_details.image_tokens,
            null,
            null
        )
    ) as output_image_tokens,
    read_count(counts.server_tool_use.web_search_requests) as web_searches,
    price_context(counts.service_tier, counts.speed, counts.inference_geo) as price_context,
    read_count(counts.requests) as requests,
    sum_of_recorded(
        cost.prompt_tokens_total_cost,
        cost.cache_read_input_tokens_total_cost,
        cost.cache_creation_input_tokens_total_cost
    ) as recorded_input_cost,
    sum_of_recorded(cost.completion_tokens_total_cost, null, null) as recorded_output_cost,
    recorded_input_cost + recorded_output_cost as recorded_total_cost,
    file,
    place
from (
    select
        *,
        unnest(if(len(models) > 0, models, [null])) as model,
        unnest(if(len(models) > 0, entries, [null])) as counts,
        costs_by_model[model] as cost,
        unnest(
            if(
                len(models) > 0,
                range(1, len(models) + 1),
                [if(usage::varchar in ('null', '{}', '[]', '""') or usage is null, 0, 1)]
            )
        ) as entry
    from (
        select
            *,
            coalesce(map_keys(by_model), json_keys(usage)) as models,
            coalesce(
                map_values(by_model),
                list_transform(
                    json_extract(usage, '$.*'),
                    lambda written: from_json(written, entry_type())
                )
            ) as entries
        from (
            select
                *,
                from_json(usage, usage_type()) as by_model,
                from_json(costs, costs_type()) as costs_by_model
            from source
            where line_type is null or line_type in ('call_start', 'call_end')
        )
    )
)
