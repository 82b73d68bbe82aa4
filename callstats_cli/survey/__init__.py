"""The survey of sources: which files are read, duplicates, whose usage counts, what is odd."""
