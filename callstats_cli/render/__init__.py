"""Renderers: each lays an answer out as text or bytes; none computes."""
