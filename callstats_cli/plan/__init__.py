"""A request and its calls to the chains of its answer."""
