"""The question as a value, and the vocabulary of its metrics, filters and times; nothing is read."""
