-- One rollout of Codex: a session whose steps think, call a tool, count tokens and read the tool's output.
-- params: $session, $rows (lines of each session), $spacing (microseconds between lines)
select
    strftime(start_of($session::bigint * $rows + number, $spacing), '%Y-%m-%dT%H:%M:%S.%gZ') as "timestamp",
    case
        when number = 0 then 'session_meta'
        when part = 0 and step % 10 = 0 then 'turn_context'
        when part = 3 then 'event_msg'
        else 'response_item'
    end as "type",
    case
        when number = 0 then json_object(
            'id', 'session-' || $session,
            'timestamp', strftime(start_of($session::bigint * $rows, $spacing), '%Y-%m-%dT%H:%M:%S.%gZ'),
            'cwd', '/workspace/project',
            'originator', 'codex_cli_rs',
            'cli_version', '0.98.0',
            'source', 'cli',
            'model_provider', 'openai'
        )
        when part = 0 and step % 10 = 0 then json_object(
            'cwd', '/workspace/project',
            'approval_policy', 'on-request',
            'sandbox_policy', json_object('type', 'workspace-write', 'network_access', false),
            'model', ['gpt-5.4', 'gpt-5-codex'][draw(1, $session, 2) + 1],
            'effort', 'medium',
            'summary', 'auto'
        )
        when part = 0 then json_object(
            'type', 'message',
            'role', 'assistant',
            'content', json_array(json_object(
                'type', 'output_text',
                'text', repeat('I''ll look at the working directory first. ', 20)
            ))
        )
        when part = 1 then json_object(
            'type', 'reasoning',
            'summary', json_array(json_object('type', 'summary_text', 'text', '**Looking around**')),
            'content', null,
            'encrypted_content', repeat(md5('thought' || number), 60)
        )
        when part = 2 then json_object(
            'type', 'function_call',
            'name', 'shell',
            'arguments', '{"command":["bash","-lc","ls -la"],"workdir":"/workspace/project"}',
            'call_id', 'call_' || $session || '_' || step
        )
        when part = 3 then json_object(
            'type', 'token_count',
            'info', json_object(
                'total_token_usage', json_object(
                    'input_tokens', sum(input) over so_far,
                    'cached_input_tokens', sum(cached) over so_far,
                    'output_tokens', sum(output) over so_far,
                    'reasoning_output_tokens', sum(output // 2) over so_far,
                    'total_tokens', sum(input + output) over so_far
                ),
                'last_token_usage', json_object(
                    'input_tokens', input,
                    'cached_input_tokens', cached,
                    'output_tokens', output,
                    'reasoning_output_tokens', output // 2,
                    'total_tokens', input + output
                ),
                'model_context_window', 272000
            ),
            'rate_limits', json_object(
                'limit_id', 'codex',
                'primary', json_object('used_percent', 12.0, 'window_minutes', 300)
            )
        )
        else json_object(
            'type', 'function_call_output',
            'call_id', 'call_' || $session || '_' || step,
            'output', repeat('total 8\ndrwxr-xr-x 3 user user 4096 "dir" ', 80)
        )
    end as payload
from (
    select
        number,
        part,
        step,
        if(part = 3, input_of(seed), 0)::hugeint as input,
        if(part = 3, cached_of(seed), 0)::hugeint as cached,
        if(part = 3, output_of(seed) + 1, 0)::hugeint as output
    from (
        select
            number,
            (number - 1) % 5 as part,
            (number - 1) // 5 as step,
            $session::bigint * $rows + number as seed
        from range($rows) as lines(number)
    )
)
window so_far as (order by number)
order by number
