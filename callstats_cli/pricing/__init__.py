"""Price lists to cells: what a model costs, when, and for which size of request."""
