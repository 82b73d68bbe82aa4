-- Transcripts of Claude Code: of four lines one is what the user or a tool said, three are one message
-- of the model, whose usage each repeats and the last one completes.
-- params: $rows, $spacing (microseconds between lines)
select
    'uuid-' || (number - 1) as "parentUuid",
    false as "isSidechain",
    if(part = 0, 'user', 'assistant') as "type",
    if(
        part = 0,
        json_object('role', 'user', 'content', json_array(json_object(
            'tool_use_id', 'toolu_' || message,
            'type', 'tool_result',
            'content', repeat('total 8\ndrwxr-xr-x 3 user user 4096 "dir" ', 40),
            'is_error', false
        ))),
        json_object(
            'model', ['claude-opus-4-8', 'claude-sonnet-4-5-20250929'][draw(1, message, 2) + 1],
            'id', 'msg_' || message,
            'type', 'message',
            'role', 'assistant',
            'content', json_array(json_object(
                'type', 'text',
                'text', repeat('I''ll look at the working directory first. ', 20)
            )),
            'stop_reason', if(part = 3, 'tool_use', null),
            'stop_sequence', null,
            'usage', json_object(
                'input_tokens', draw(2, message, 50),
                'cache_creation_input_tokens', draw(4, message, 3000),
                'cache_read_input_tokens', draw(5, message, 90000),
                'output_tokens', if(part = 3, draw(3, message, 900) + 9, 8),
                'server_tool_use', json_object('web_search_requests', 0, 'web_fetch_requests', 0),
                'service_tier', 'standard',
                'cache_creation', json_object(
                    'ephemeral_1h_input_tokens', 0,
                    'ephemeral_5m_input_tokens', draw(4, message, 3000)
                )
            )
        )
    ) as message,
    if(part = 0, null, 'req_' || message) as "requestId",
    'uuid-' || number as uuid,
    strftime(start_of(number, $spacing), '%Y-%m-%dT%H:%M:%S.%gZ') as "timestamp",
    'external' as "userType",
    'cli' as entrypoint,
    '/workspace/project' as cwd,
    'session-' || (number // 400) as "sessionId",
    '2.1.157' as version,
    'main' as "gitBranch"
from (
    select number, number % 4 as part, number // 4 as message
    from range($rows) as calls(number)
)
