-- params: $rows, $spacing (microseconds between calls)
select
    'call-' || number as id,
    'acme/bot' as project_id,
    start_of(number, $spacing) as started_at,
    start_of(number, $spacing) + to_milliseconds(200 + draw(6, number, 30000)) as ended_at,
    model_of(number) as model,
    input_of(number) as input_tokens,
    output_of(number) as output_tokens,
    if(draw(7, number, 50) = 0, 'rate limited', null) as error
from range($rows) as calls(number)
