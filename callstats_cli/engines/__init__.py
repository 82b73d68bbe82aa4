"""Engines: each runs statements and returns rows. The only place with connections."""
