-- What the models of the question cost: a row for each span of time, of the day and of request sizes in
-- which rates hold. The rows of a model and provider do not overlap.
-- params: $price_models, $price_providers, $price_contexts VARCHAR[], $price_from, $price_until (microseconds since 1970;
--   half-open), $price_day_from, $price_day_until (microseconds since midnight UTC; half-open),
--   $price_tokens_above, $price_tokens_up_to BIGINT[] (gross input of one request),
--   $rates_input, $rates_cache_read, $rates_cache_write, $rates_cache_write_1h, $rates_output,
--   $rates_request, $rates_input_audio, $rates_input_image, $rates_cache_read_audio,
--   $rates_cache_read_image, $rates_output_audio, $rates_output_image, $rates_web_search DOUBLE[] (US
--   dollars per token, request and search; null: no price)
select
    unnest($price_models::varchar[]) as model,
    unnest($price_providers::varchar[]) as provider,
    unnest($price_contexts::varchar[]) as price_context,
    unnest($price_from::bigint[]) as from_us,
    unnest($price_until::bigint[]) as until_us,
    unnest($price_day_from::bigint[]) as day_from_us,
    unnest($price_day_until::bigint[]) as day_until_us,
    unnest($price_tokens_above::bigint[]) as tokens_above,
    unnest($price_tokens_up_to::bigint[]) as tokens_up_to,
    unnest($rates_input::double[]) as input_rate,
    unnest($rates_cache_read::double[]) as cache_read_rate,
    unnest($rates_cache_write::double[]) as cache_write_rate,
    unnest($rates_cache_write_1h::double[]) as cache_write_1h_rate,
    unnest($rates_output::double[]) as output_rate,
    unnest($rates_request::double[]) as request_rate,
    unnest($rates_input_audio::double[]) as input_audio_rate,
    unnest($rates_input_image::double[]) as input_image_rate,
    unnest($rates_cache_read_audio::double[]) as cache_read_audio_rate,
    unnest($rates_cache_read_image::double[]) as cache_read_image_rate,
    unnest($rates_output_audio::double[]) as output_audio_rate,
    unnest($rates_output_image::double[]) as output_image_rate,
    unnest($rates_web_search::double[]) as web_search_rate
