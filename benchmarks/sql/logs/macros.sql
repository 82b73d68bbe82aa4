-- What the generated logs have in common: numbers that look random and are the same every time.
-- $start is put in by name: a macro takes no parameter.
create macro draw(seed, number, below) as (hash(number * 16 + seed) % below)::bigint;
create macro start_of(number, spacing) as make_timestamptz($start + number * spacing + 123);
create macro model_of(number) as
    ['gpt-4o', 'gpt-4o-mini', 'claude-sonnet-4-5', 'gemini-2.5-pro'][draw(1, number, 4) + 1];
create macro input_of(number) as draw(2, number, 5000);
create macro output_of(number) as draw(3, number, 900);
create macro cached_of(number) as draw(4, number, 2) * draw(5, number, input_of(number) + 1);
create macro entry(requests, input, output, cached) as {
    requests: requests,
    prompt_tokens: input,
    completion_tokens: output,
    total_tokens: input + output,
    prompt_tokens_details: {cached_tokens: cached}
};
create macro entry_of(number) as
    entry(1, input_of(number), output_of(number), cached_of(number));
create macro usage_of_both(one, two) as
    case
        when model_of(one) = model_of(two)
            then map {
                model_of(one): entry(
                    2,
                    input_of(one) + input_of(two),
                    output_of(one) + output_of(two),
                    cached_of(one) + cached_of(two)
                )
            }
        else map {model_of(one): entry_of(one), model_of(two): entry_of(two)}
    end;
create macro text_attribute(key, value) as
    json_object('key', key, 'value', json_object('stringValue', value));
create macro count_attribute(key, value) as
    json_object('key', key, 'value', json_object('intValue', value::varchar));
create macro list_attribute(key, one, two) as
    json_object('key', key, 'value', json_object('arrayValue', json_object('values', json_array(
        json_object('stringValue', one), json_object('stringValue', two)
    ))));
create macro messages(role, content) as
    '[{"role":"' || role || '","parts":[{"type":"text","content":"' || content || '"}]}]';
create macro nanoseconds(instant) as (epoch_us(instant) * 1000)::varchar;
create macro usage_in(summary, model) as map_extract_value(summary.usage, model);
