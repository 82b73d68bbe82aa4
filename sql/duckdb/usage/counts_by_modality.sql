-- The counts that a call is priced from, with those of audio and images apart from those of text.
-- reads: undivided_counts
-- Logs do not say which of the cached tokens are audio or images: only those are taken for such that do not
-- fit into the rest of the input.
select
    *,
    uncached_input_tokens - uncached_audio_tokens - uncached_image_tokens as uncached_text_tokens,
    cache_read_input_tokens - cached_audio_tokens - cached_image_tokens as cached_text_tokens,
    output_tokens - written_audio_tokens - written_image_tokens as written_text_tokens
from (
    select
        *,
        smaller_of(input_audio_tokens, uncached_input_tokens) as uncached_audio_tokens,
        smaller_of(input_image_tokens, uncached_input_tokens - uncached_audio_tokens)
            as uncached_image_tokens,
        smaller_of(input_audio_tokens - uncached_audio_tokens, cache_read_input_tokens)
            as cached_audio_tokens,
        smaller_of(
            input_image_tokens - uncached_image_tokens,
            cache_read_input_tokens - cached_audio_tokens
        ) as cached_image_tokens,
        smaller_of(output_audio_tokens, output_tokens) as written_audio_tokens,
        smaller_of(output_image_tokens, output_tokens - written_audio_tokens)
            as written_image_tokens
    from undivided_counts
)
