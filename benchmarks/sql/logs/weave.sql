-- params: $rows, $spacing (microseconds between calls)
select
    'call-' || number as id,
    'acme/bot' as project_id,
    'weave:///acme/bot/op/' || ['agent', 'step', 'chat', 'chat'][position + 1] || ':x' as op_name,
    'trace-' || root as trace_id,
    case position when 0 then null when 1 then 'call-' || root else 'call-' || (root + 1) end
        as parent_id,
    start_of(number, $spacing) as started_at,
    if(
        position < 2,
        start_of(root + 3, $spacing) + to_milliseconds(31000 - position),
        start_of(number, $spacing) + to_milliseconds(200 + draw(6, number, 30000))
    ) as ended_at,
    if(draw(7, number, 50) = 0, 'RateLimitError: 429', null) as exception,
    {messages: [{role: 'user', content: repeat('lorem "ipsum" dolor sit amet ', 40)}]} as inputs,
    {content: repeat('consectetur adipiscing elit ', 30)} as output,
    {
        usage: if(
            position < 2,
            usage_of_both(root + 2, root + 3),
            map {model_of(number): entry_of(number)}
        ),
        weave: {status: 'success', trace_name: 'chat', latency_ms: 12}
    } as summary,
    'user-' || draw(8, root, 200) as wb_user_id,
    null::varchar as wb_run_id,
    null::timestamptz as deleted_at
from (
    select number, number % 4 as position, number - number % 4 as root
    from range($rows) as calls(number)
)
