"""What the calls are: which files are read, duplicates, whose usage counts, what is odd."""
