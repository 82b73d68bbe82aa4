"""A question as a chain: steps that name templates, and data in their slots; no SQL."""
