"""Words to files: what a source names, what kind of file it is, and its lines as Python reads them."""
