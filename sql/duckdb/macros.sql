-- How single values are read. Created once per connection; every mapping uses them. A count below zero
-- stands for a count that is there and cannot be read (docs/specification.md, 5).

-- A count written as text: null where absent, -1 where unreadable. Beyond 1e290 sums would overflow.
create or replace temp macro read_count(written) as
    case
        when written is null then null
        when try_cast(written as double) between 0 and 1e290 and not contains(written, '_')
            then try_cast(written as double)
        when written = '' then null
        else -1
    end;

-- A count stored as a floating-point number: NaN and infinities are unreadable. (Comparing alone would
-- not find NaN: the engine trusts a Parquet file's minimum and maximum, which leave it out.)
create or replace temp macro read_number(stored) as
    case
        when stored is null then null
        when isfinite(stored::double) and stored between 0 and 1e290 then stored::double
        else -1
    end;

-- An instant of the years 1900 to 2200; null outside, where storage and faults put "none".
create or replace temp macro within_years(instant) as
    case
        when instant >= make_timestamptz(-2208988800000000)
            and instant < make_timestamptz(7289654400000000)
            then instant
    end;

-- An ISO 8601 instant in its usual writing; null where it needs `late_instant` or is no instant.
create or replace temp macro read_instant(written) as
    within_years(case
        when (strlen(written) in (24, 27) and written like '____-__-__T__:__:__.%Z')
            or regexp_full_match(
                written,
                '\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d*)?)?(Z|[+-]([01]\d|2[0-3])(:?[0-5]\d)?)?)?'
            )
            then try_cast(written as timestamptz)
    end);

-- Whether the text of a time is a date, or a date and a time, that names no zone.
create or replace temp macro is_zoneless(written) as
    case
        when written is null or ends_with(written, 'Z') then false
        else regexp_full_match(
            written, '\s*(\d{4}-\d\d-\d\d([Tt ][\d:.,]*)?|\d{8}[Tt ][\d:.,]+)\s*'
        )
    end;

-- Epoch seconds of ten digits, those beyond microseconds cut off; null where they need `late_instant` or
-- are none.
create or replace temp macro read_seconds(written) as
    case
        when try_cast(left(written, 17) as double) between 1000000000 and 9999999999.999999
            and not contains(written, '_')
            then make_timestamptz(round(try_cast(left(written, 17) as double) * 1000000)::bigint)
    end;

-- A number written as text, with nine decimals; null where it is not one.
create or replace temp macro read_epoch(written) as
    case
        when regexp_full_match(written, '\s*[+-]?\d+(\.\d*)?([eE][+-]?\d+)?\s*')
            then try_cast(written as decimal(38, 9))
    end;

-- Microseconds of an epoch number; digits beyond are cut off.
create or replace temp macro epoch_microseconds(number, per_second) as
    if(
        per_second > 1000000,
        floor(number)::hugeint // (per_second // 1000000),
        floor(number)::hugeint * (1000000 // per_second)
        + floor((number - floor(number))::decimal(10, 9) * (1000000 // per_second))::hugeint
    );

-- Microseconds since 1970 as an instant; null outside what the engine can hold.
create or replace temp macro instant_of(microseconds) as
    case
        when microseconds between -9223372022400000000 and 9223372022400000000
            then make_timestamptz(microseconds::bigint)
    end;

-- Nanoseconds since 1970 written as text, of 2001 to 2200 or zero; null where it needs `late_instant`.
create or replace temp macro read_nanoseconds(written) as
    case
        when strlen(written) = 19 and written >= '0' and written < '7289654400000000000'
            then make_timestamptz(try_cast(written as bigint) // 1000)
        when written = '0' then make_timestamptz(0)
    end;

-- Storage writes 1970-01-01T00:00:00Z for "none" in ended_at and deleted_at.
create or replace temp macro unless_epoch(instant) as
    nullif(instant, make_timestamptz(0));

-- The parts of an instant in any ISO writing: basic format, lower-case t and z, a comma, :60, 24:00.
create or replace temp macro instant_parts(written) as
    regexp_extract(
        written,
        '^\s*(\d{4})(?:-(\d\d)-(\d\d)|(\d\d)(\d\d))(?:[Tt ](\d\d)(?::([0-5]\d)(?::([0-5]\d|60)(?:[.,](\d*))?)?|([0-5]\d)(?:([0-5]\d|60)(?:[.,](\d*))?)?)?(Z|z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)?)?\s*$',
        [
            'year', 'month', 'day', 'month_', 'day_', 'hour', 'minute', 'second', 'fraction',
            'minute_', 'second_', 'fraction_', 'zone'
        ]
    );

-- The instant of such parts, its local time read as UTC where it names no zone.
create or replace temp macro instant_of_parts(parts) as
    case
        when parts.hour > '24' or (
            parts.hour = '24'
            and rtrim(
                parts.minute || parts.second || parts.fraction
                || parts.minute_ || parts.second_ || parts.fraction_,
                '0'
            ) != ''
        ) or parts.year = '0000'
            then null
        else try_cast(
            parts.year || '-' || parts.month || parts.month_ || '-' || parts.day || parts.day_
            || ' 00:00:00' || if(parts.zone in ('', 'Z', 'z'), '+00', parts.zone)
            as timestamptz
        )
        + to_hours(coalesce(try_cast(parts.hour as bigint), 0))
        + to_minutes(coalesce(try_cast(parts.minute || parts.minute_ as bigint), 0))
        + to_seconds(coalesce(try_cast(parts.second || parts.second_ as bigint), 0))
        + to_microseconds(
            coalesce(
                try_cast(left(rpad(parts.fraction || parts.fraction_, 6, '0'), 6) as bigint), 0
            )
        )
    end;

-- How far ahead of UTC clocks are at a local time: the offset of the last edge not after it.
create or replace temp macro local_offset(local_us, edges, offsets) as
    offsets[len(list_filter(edges, lambda edge: edge <= local_us))];

-- An instant as JavaScript's OpenTelemetry has it, `[seconds, nanoseconds]`; null where it is not one.
create or replace temp macro instant_of_pair(written) as
    case
        when regexp_full_match(written, '\[\s*\d{1,11}\s*,\s*\d{1,9}\s*\]')
            then make_timestamptz(
                regexp_extract(written, '\d+')::bigint * 1000000
                + regexp_extract(written, ',\s*(\d+)', 1)::bigint // 1000
            )
    end;

-- A time that loading left as text; null where it is not one.
create or replace temp macro late_instant(written, per_second, time_origin, edges, offsets) as
    within_years(case
        when read_epoch(written) is not null
            then instant_of(time_origin + epoch_microseconds(read_epoch(written), per_second))
        when starts_with(written, '[') then instant_of_pair(written)
        when instant_parts(written).zone = '' and len(edges) > 0
            then instant_of(
                epoch_us(instant_of_parts(instant_parts(written)))
                - local_offset(
                    epoch_us(instant_of_parts(instant_parts(written))), edges, offsets
                )
            )
        else instant_of_parts(instant_parts(written))
    end);

-- Which call of a parent's id is meant: the latest that started no later, else the earliest; of several
-- at one time the first in reading order.
create or replace temp macro nearness(above, below, line) as
    if(above <= below, [1, above, -line], [0, -above, -line]);

-- A duration in milliseconds; null where it is no number, or longer than 30,000 years.
create or replace temp macro read_duration(written, per_millisecond) as
    case
        when abs(try_cast(written as double) / per_millisecond) < 1e15
            then try_cast(written as double) / per_millisecond
    end;

-- A span's or a trace's id in lower-case hexadecimal digits, which may be written in base64 or after
-- 0x; one that is none of these stays as it is. All zeros stand for none.
create or replace temp macro span_id(written) as
    case
        when strlen(written) = 16 then nullif(lower(written), '0000000000000000')
        when strlen(written) = 32 then nullif(lower(written), '00000000000000000000000000000000')
        when strlen(written) in (12, 24) and ends_with(written, '=')
            then nullif(
                lower(coalesce(hex(try(from_base64(written))), written)), '0000000000000000'
            )
        when starts_with(written, '0x') then lower(written[3:])
        else nullif(written, '')
    end;

-- Does a span's status say that it failed? It is a code, a word, or an object with either.
create or replace temp macro is_error_status(status) as
    case
        when status is null or status in ('{}', '1', '0', 'OK', 'UNSET', 'Ok', 'Unset') then false
        else regexp_matches(
            status,
            '^(2|(STATUS_CODE_|StatusCode\.)?ERROR|[Ee]rror)$|["''](status_)?code["'']\s*:\s*["'']?(2|(STATUS_CODE_|StatusCode\.)?ERROR|Error)\b'
        )
    end;

-- What a call is known by: its id, within its scope where it has one.
create or replace temp macro call_key(id_scope, id) as
    coalesce(id_scope || ' ' || id, id);

-- Milliseconds since 1970, the fraction cut off; `epoch_ms` would round.
create or replace temp macro whole_milliseconds(instant) as
    (epoch_us(instant) - (epoch_us(instant) % 1000 + 1000) % 1000) // 1000;

-- An object that may have been stored as JSON text inside JSON.
create or replace temp macro unquoted_json(stored) as
    case
        when starts_with(stored::varchar, '"') then coalesce(try_cast(stored ->> '$' as json), stored)
        else stored
    end;

-- True where a usage is there that is not an object; null, {}, [] and '' count as absent
-- (docs/specification.md, 5).
create or replace temp macro is_no_object(usage) as
    coalesce(
        not starts_with(ltrim(usage::varchar), '{') and usage::varchar not in ('null', '[]', '""'),
        false
    );

-- Whether a status tells of a failure: a number from 400 on, or a word for one
-- (docs/specification.md, 5); null where it is empty. (A list, since the engine would make a join of an
-- IN this long.)
create or replace temp macro is_failing_status(written) as
    case
        when written is null then null
        when trim(written) = '' then null
        when isfinite(try_cast(written as double)) then try_cast(written as double) >= 400
        else list_contains(
            [
                'error', 'errored', 'fail', 'failed', 'failure', 'exception', 'timeout', 'timed_out',
                'cancelled', 'canceled', 'aborted', 'rejected', 'rate_limited'
            ],
            lower(trim(written))
        )
    end;

-- The same in a column named for errors: there 1, true and any text fail, but for words of an end that
-- went well, of nothing, and of a call that still runs.
create or replace temp macro is_failing_error(written) as
    case
        when written is null then null
        when trim(written) in ('', '{}', '[]') then null
        when isfinite(try_cast(written as double))
            then try_cast(written as double) >= 400 or try_cast(written as double) = 1
        else not list_contains(
            [
                'none', 'null', 'nil', 'nan', 'n/a', '-', 'no', 'ok', 'success', 'succeeded',
                'succeed', 'completed', 'complete', 'done', 'finished', 'stop', 'end_turn', 'length',
                'max_tokens', 'tool_calls', 'tool_use', 'unset', 'pending', 'running', 'processing',
                'queued', 'false'
            ],
            lower(trim(written))
        )
    end;

-- The same in a column named for success, where false and 0 fail.
create or replace temp macro is_failing_success(written) as
    case
        when lower(trim(written)) = 'false' or try_cast(written as double) = 0 then true
        else is_failing_status(written)
    end;

-- The text of a `{key, value}` of OpenTelemetry; null or '' without any, as a list has none.
create or replace temp macro pair_text(pair) as
    coalesce(pair.value."intValue", pair.value."doubleValue", pair.value."stringValue");

-- The same where names are in snake case.
create or replace temp macro snake_pair_text(pair) as
    coalesce(pair.value.int_value, pair.value.double_value, pair.value.string_value);

-- Where a call of a line that Python read stands in reading order: the first where its line does, the
-- others after all that is in the file, so that no two share a place.
create or replace temp macro place_of_call(place, place_before, number) as
    if(
        place is distinct from place_before,
        place,
        place // 1099511627776 * 1099511627776 + 549755813888 + number
    );

-- Text in which `-`, as an access log writes it, and '' stand for nothing.
create or replace temp macro unless_dash(written) as
    nullif(nullif(written, ''), '-');

-- Every string value, not key, of a JSON document that is a Weave ref.
create or replace temp macro refs_in(document) as
    list_filter(
        list_transform(
            list_filter(
                regexp_extract_all(document::varchar, '"(?:[^"\\]|\\.)*"\s*:?'),
                lambda token: not ends_with(token, ':')
            ),
            lambda token: try_cast(token as json) ->> '$'
        ),
        lambda value: starts_with(value, 'weave:///')
            or starts_with(value, 'weave-trace-internal:///')
    );

-- The op's own name inside a ref `…/op/name:version`; a plain op name is its own.
create or replace temp macro op_base_name(op_name) as
    case
        when contains(op_name, '://')
            then nullif(regexp_extract(op_name, '/op/([^/:]+)(?::[^/]*)?$', 1), '')
        else op_name
    end;

-- How long a call took in whole microseconds; its `duration` in milliseconds stands for a missing end.
create or replace temp macro latency_us(started_at, ended_at, duration) as
    coalesce(
        epoch_us(ended_at) - epoch_us(started_at),
        round(duration * 1000)::bigint
    );

-- When a call below this one may start at the latest, in microseconds since 1970: at its end; a day after
-- its start where it has none, or one before it began (docs/specification.md, 10).
create or replace temp macro last_start_below(started_at, ended_at, duration) as
    case
        when ended_at >= started_at then epoch_us(ended_at)
        when ended_at is null and duration >= 0
            then epoch_us(started_at) + round(duration * 1000)::bigint
        else epoch_us(started_at) + 86400000000
    end;

-- The same of a usage entry: a span that has usage and names no model wraps those below it, which tools
-- may have started, or dated, after its end.
create or replace temp macro last_start_below_entry(id_scope, model, started_at, ended_at, duration) as
    greatest(
        last_start_below(started_at, ended_at, duration),
        if(id_scope is not null and model is null, epoch_us(started_at) + 86400000000, null)
    );

-- A recorded count less what is below it, not below zero; absent and unreadable counts stay.
create or replace temp macro own_count(recorded, below) as
    if(recorded >= 0, greatest(recorded - coalesce(below, 0), 0), recorded);

-- Does any of the values start with any of the prefixes? Null lists hold nothing.
create or replace temp macro any_starts_with(texts, prefixes) as
    list_bool_or(
        list_transform(
            texts,
            lambda text: list_bool_or(
                list_transform(prefixes, lambda prefix: starts_with(text, prefix))
            )
        )
    );

-- One count that is written under two names: both and equal is one count, else their sum. Null where
-- only unreadable ones are there, `other` among them.
create or replace temp macro sum_of_names(one, two, other) as
    case
        when one >= 0 and two >= 0 then if(one = two, one, one + two)
        when one >= 0 then one
        when two >= 0 then two
        when least(one, two, other) < 0 then null
        else 0
    end;

-- The counts of a map whose keys hold a word, summed: null without any, -1 where one cannot be read.
create or replace temp macro sum_of_keys(counts, word) as
    list_reduce(
        list_transform(
            list_filter(map_entries(counts), lambda entry: contains(entry.key, word)),
            lambda entry: read_count(entry.value)
        ),
        lambda one, two: if(least(one, two) < 0, -1, coalesce(one, 0) + coalesce(two, 0)),
        null::double
    );

-- Of a map of counts: do the further keys of one kind (caches of the input, reasoning of the output)
-- repeat parts of its plain key? They do where the recorded total is the plain key alone and, of the
-- other kind, either its plain key or all its keys.
create or replace temp macro parts_repeat(total, all_keys, plain, other_plain, other_keys) as
    coalesce(
        all_keys > plain
        and total in (plain + coalesce(other_plain, 0), plain + coalesce(other_keys, 0)),
        false
    );

-- The first count that can be read, 0 where none is there, null where only unreadable ones are.
create or replace temp macro first_readable(one, two, three) as
    case
        when one >= 0 then one
        when two >= 0 then two
        when three >= 0 then three
        when least(one, two, three) < 0 then null
        else 0
    end;

-- What is read of one model's usage entry, as a type for `from_json`. Everything is text: a number, a
-- text, a boolean and a list must be told apart.
create or replace temp macro entry_type() as
    '"STRUCT(gross_input_tokens VARCHAR, prompt_tokens VARCHAR, input_tokens VARCHAR, completion_tokens VARCHAR, output_tokens VARCHAR, total_tokens VARCHAR, cache_read_input_tokens VARCHAR, cached_tokens VARCHAR, cached_input_tokens VARCHAR, input_cached_tokens VARCHAR, tokens_cached VARCHAR, cache_creation_input_tokens VARCHAR, cache_write_input_tokens VARCHAR, cache_write_tokens VARCHAR, reasoning_tokens VARCHAR, thoughts_tokens VARCHAR, requests VARCHAR, service_tier VARCHAR, speed VARCHAR, inference_geo VARCHAR, cache_creation STRUCT(ephemeral_5m_input_tokens VARCHAR, ephemeral_1h_input_tokens VARCHAR), prompt_tokens_details STRUCT(cached_tokens VARCHAR, cache_write_tokens VARCHAR, audio_tokens VARCHAR, image_tokens VARCHAR), input_tokens_details STRUCT(cached_tokens VARCHAR, cache_write_tokens VARCHAR, audio_tokens VARCHAR, image_tokens VARCHAR), completion_tokens_details STRUCT(reasoning_tokens VARCHAR, audio_tokens VARCHAR, image_tokens VARCHAR), output_tokens_details STRUCT(reasoning_tokens VARCHAR, audio_tokens VARCHAR, image_tokens VARCHAR), server_tool_use STRUCT(web_search_requests VARCHAR))"';

-- The same for a usage object: model to entry. Null where it is no object or names a model twice.
create or replace temp macro usage_type() as
    '"MAP(VARCHAR, ' || entry_type()[2:-2] || ')"';

-- What a Weave export says that a call cost: model to dollars.
create or replace temp macro costs_type() as
    '"MAP(VARCHAR, STRUCT(prompt_tokens_total_cost VARCHAR, completion_tokens_total_cost VARCHAR, cache_read_input_tokens_total_cost VARCHAR, cache_creation_input_tokens_total_cost VARCHAR))"';

-- Recorded dollars in parts: the first must be there; -1 where one cannot be read.
create or replace temp macro sum_of_recorded(one, two, three) as
    case
        when least(read_count(one), read_count(two), read_count(three)) < 0 then -1
        else read_count(one) + coalesce(read_count(two), 0) + coalesce(read_count(three), 0)
    end;

-- What tokens cost at a rate; nothing costs nothing, whatever the rate.
create or replace temp macro cost_of(tokens, rate) as
    if(tokens = 0, 0, tokens * rate);

-- The smaller of two counts; null where one is.
create or replace temp macro smaller_of(one, two) as
    case when one <= two then one when two < one then two end;

-- Microseconds since midnight UTC.
create or replace temp macro time_of_day(instant) as
    (epoch_us(instant) % 86400000000 + 86400000000) % 86400000000;

-- True for a whole number; of integers without looking at them.
create or replace temp macro is_whole(number) as
    typeof(number) <> 'DOUBLE' or number = trunc(number);

-- The first of some texts that is not empty.
create or replace temp macro first_text(one, two, three, four) as
    coalesce(nullif(one, ''), nullif(two, ''), nullif(three, ''), nullif(four, ''));

-- Is a recorded total larger than the least that input and output can be? Only such a total may be
-- unexplained, and few are.
create or replace temp macro is_large_total(total, gross, input, other_input, output, other_output) as
    coalesce(
        total > if(gross >= 0, gross, greatest(input, other_input, 0)) + greatest(output, other_output, 0),
        false
    );

-- What changes a request's price, as `name=value` parts joined by `&` in lower case; null without any.
-- Weave sums a parent's tiers up as a list of one: `["standard"]`.
create or replace temp macro price_context(service_tier, speed, inference_geo) as
    nullif(
        lower(concat_ws(
            '&',
            'service_tier=' || nullif(trim(service_tier, ' []"'), ''),
            'speed=' || nullif(trim(speed, ' []"'), ''),
            'inference_geo=' || nullif(trim(inference_geo, ' []"'), '')
        )),
        ''
    );

-- Tokens written to a cache: the count of its own, the sum of its parts by lifetime where that is zero or
-- absent, a detail of the input. Null where only unreadable counts are there.
create or replace temp macro cache_writes(written, for_5_minutes, for_1_hour, in_details) as
    case
        when written > 0 then written
        when greatest(for_5_minutes, for_1_hour) > 0
            then coalesce(greatest(for_5_minutes, 0), 0) + coalesce(greatest(for_1_hour, 0), 0)
        when in_details > 0 then in_details
        when greatest(written, for_5_minutes, for_1_hour, in_details) >= 0 then 0
        when least(written, for_5_minutes, for_1_hour, in_details) < 0 then null
        else 0
    end;

-- The parts of a Claude response of which one may be an advisor's, as a type for `from_json`.
create or replace temp macro iterations_type() as
    '[{"type": "VARCHAR", "model": "VARCHAR", "service_tier": "VARCHAR", "speed": "VARCHAR", "inference_geo": "VARCHAR", "input_tokens": "VARCHAR", "output_tokens": "VARCHAR", "cache_read_input_tokens": "VARCHAR", "cache_creation_input_tokens": "VARCHAR", "cache_creation": {"ephemeral_5m_input_tokens": "VARCHAR", "ephemeral_1h_input_tokens": "VARCHAR"}}]';

-- The sum of some counts that can be read; below zero where only unreadable ones are there.
create or replace temp macro sum_of_readable(counts) as
    coalesce(fsum(counts) filter (counts >= 0), min(counts));

-- A count of one step: its own where steps have theirs, else what a running one grew by, or all of one that
-- began anew.
create or replace temp macro used_count(has_last, is_anew, last_one, running_one, one_before) as
    case
        when has_last then last_one
        when is_anew then running_one
        else running_one - coalesce(one_before, 0)
    end;
