-- OTLP as the collector's file exporter writes it: 16 spans a line, which are four questions to an agent
-- of three chats each. The agent's span repeats the usage of its chats; a chat has the messages.
-- params: $rows (spans), $spacing (microseconds between spans)
select
    json_array(json_object(
        'resource', json_object('attributes', json_array(
            text_attribute('service.name', 'assistant'),
            text_attribute('telemetry.sdk.language', 'python'),
            text_attribute('deployment.environment.name', 'production')
        )),
        'scopeSpans', json_array(json_object(
            'scope', json_object('name', 'opentelemetry.instrumentation.genai', 'version', '2.1'),
            'spans', to_json(list(span order by number))
        ))
    )) as "resourceSpans"
from (
    select
        number,
        json_object(
            'traceId', printf('%032x', root + 1),
            'spanId', printf('%016x', number + 1),
            'parentSpanId', if(number = root, '', printf('%016x', root + 1)),
            'flags', 257,
            'name', if(number = root, 'invoke_agent assistant', 'chat ' || model_of(number)),
            'kind', if(number = root, 1, 3),
            'startTimeUnixNano', nanoseconds(start_of(number, $spacing)),
            'endTimeUnixNano', nanoseconds(
                start_of(root + 4, $spacing) + to_milliseconds(draw(6, number, 3000))
            ),
            'attributes', if(
                number = root,
                json_array(
                    text_attribute('gen_ai.operation.name', 'invoke_agent'),
                    text_attribute('gen_ai.provider.name', 'openai'),
                    text_attribute('gen_ai.agent.name', 'assistant'),
                    text_attribute('gen_ai.conversation.id', 'thread-' || (root // 16)),
                    text_attribute('gen_ai.request.model', model_of(root)),
                    count_attribute(
                        'gen_ai.usage.input_tokens',
                        input_of(root + 1) + input_of(root + 2) + input_of(root + 3)
                    ),
                    count_attribute(
                        'gen_ai.usage.output_tokens',
                        output_of(root + 1) + output_of(root + 2) + output_of(root + 3)
                    )
                ),
                json_array(
                    text_attribute('gen_ai.operation.name', 'chat'),
                    text_attribute('gen_ai.provider.name', 'openai'),
                    text_attribute('gen_ai.conversation.id', 'thread-' || (root // 16)),
                    text_attribute('user.id', 'user-' || draw(8, root, 200)),
                    text_attribute('server.address', 'api.openai.com'),
                    count_attribute('server.port', 443),
                    text_attribute('gen_ai.request.model', model_of(root)),
                    count_attribute('gen_ai.request.max_tokens', 4096),
                    text_attribute('gen_ai.response.model', model_of(root)),
                    text_attribute('gen_ai.response.id', 'chatcmpl-' || number),
                    list_attribute('gen_ai.response.finish_reasons', 'stop', 'length'),
                    count_attribute('gen_ai.usage.input_tokens', input_of(number)),
                    count_attribute('gen_ai.usage.output_tokens', output_of(number)),
                    count_attribute('gen_ai.usage.cache_read.input_tokens', cached_of(number)),
                    text_attribute(
                        'gen_ai.input.messages',
                        messages('user', repeat('lorem "ipsum" dolor sit amet ', 40))
                    ),
                    text_attribute(
                        'gen_ai.output.messages',
                        messages('assistant', repeat('consectetur adipiscing elit ', 40))
                    )
                )
            ),
            'status', if(draw(7, number, 50) = 0, json_object('code', 2), json_object())
        ) as span
    from (
        select number, number - number % 4 as root
        from range($rows) as calls(number)
    )
)
group by number // 16
order by number // 16
