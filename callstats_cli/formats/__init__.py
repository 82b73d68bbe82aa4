"""How each log is written: one file per format, detection, and where its columns are found."""
