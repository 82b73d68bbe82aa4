"""A request and its calls to the statements of its answer."""
