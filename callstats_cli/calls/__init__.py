"""What the calls are: duplicates, whose usage counts, what is odd about them."""
