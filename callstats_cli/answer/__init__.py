"""Questions answered: rows, totals, comparisons, checks, reports."""
