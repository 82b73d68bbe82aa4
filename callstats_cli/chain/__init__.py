"""A question as a chain of named templates; nothing here needs an engine."""
