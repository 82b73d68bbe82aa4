-- What LiteLLM's proxy logs of every request, messages and response included.
-- params: $rows, $spacing (microseconds between requests)
select
    'chatcmpl-' || number as id,
    'trace-' || (number // 4) as trace_id,
    'session-' || (number // 16) as session_id,
    'call-' || number as litellm_call_id,
    'acompletion' as call_type,
    false as stream,
    (input_of(number) * 3 + output_of(number) * 15) / 1000000 as response_cost,
    if(draw(7, number, 50) = 0, 'failure', 'success') as status,
    'openai' as custom_llm_provider,
    input_of(number) + output_of(number) as total_tokens,
    input_of(number) as prompt_tokens,
    output_of(number) as completion_tokens,
    epoch_us(start_of(number, $spacing)) / 1000000 as "startTime",
    epoch_us(start_of(number, $spacing)) / 1000000 + draw(6, number, 30000) / 1000 as "endTime",
    epoch_us(start_of(number, $spacing)) / 1000000 + 0.2 as "completionStartTime",
    model_of(number) as model,
    'm1' as model_id,
    'openai/' || model_of(number) as model_group,
    'https://api.openai.com' as api_base,
    {
        user_api_key_hash: md5('key' || draw(8, number, 20)),
        user_api_key_alias: 'team-a-key',
        user_api_key_user_id: 'user-' || draw(8, number, 200),
        user_api_key_team_id: 'team-a',
        requester_metadata: {tenant: 'acme', feature: 'search', environment: 'production'},
        usage_object: {
            prompt_tokens: input_of(number),
            completion_tokens: output_of(number),
            total_tokens: input_of(number) + output_of(number),
            prompt_tokens_details: {cached_tokens: cached_of(number), audio_tokens: 0},
            completion_tokens_details: {reasoning_tokens: 0, audio_tokens: 0}
        }
    } as metadata,
    false as cache_hit,
    null as cache_key,
    0.0 as saved_cache_cost,
    ['prod', 'search'] as request_tags,
    'customer-' || draw(9, number, 500) as end_user,
    [
        {role: 'system', content: repeat('You are a helpful assistant. ', 20)},
        {role: 'user', content: repeat('lorem "ipsum" dolor sit amet ', 40)}
    ] as messages,
    {
        id: 'chatcmpl-' || number,
        object: 'chat.completion',
        choices: [{
            index: 0,
            finish_reason: 'stop',
            message: {role: 'assistant', content: repeat('consectetur adipiscing elit ', 30)}
        }]
    } as response,
    if(draw(7, number, 50) = 0, 'RateLimitError: 429', null) as error_str,
    {temperature: 0.2, max_tokens: 4096, tools: []} as model_parameters,
    {response_cost: null, api_base: 'https://api.openai.com', litellm_overhead_time_ms: 2.5}
        as hidden_params
from range($rows) as calls(number)
